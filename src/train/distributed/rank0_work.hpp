// What one process does for all. No Torch here.
#pragma once

#include <functional>

#include "train/distributed/process_group.hpp"

namespace faceshot::train {

/// Rank 0 does `work`, which is given a function to call every now and then; the others wait for
/// its end. Each such call, but no more than one a second, tells them that rank 0 is alive, and
/// rank 0 that they are: the calls may lie as far apart as the group waits for an answer, the work
/// may take as long as it likes.
/// @throws Error(io) as ProcessGroup; what `work` throws, on rank 0 alone
void work_on_rank0(ProcessGroup& group,
                   const std::function<void(const std::function<void()>& alive)>& work);

}  // namespace faceshot::train
