// Checks that all processes are about to train the same thing. No Torch here.
#pragma once

#include <string>

#include "train/distributed/process_group.hpp"

namespace faceshot::train {

/// @param what  everything that the processes must have in common, as text: config, data, position
/// @throws Error(invalid_argument) in all processes, with the ranks whose text differs from rank
/// 0's;
///         Error(io) as ProcessGroup
void demand_same_run(ProcessGroup& group, const std::string& what);

}  // namespace faceshot::train
