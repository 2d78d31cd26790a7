// Work that one process does for all. No Torch here.
#pragma once

#include <functional>

#include "train/distributed/process_group.hpp"

namespace faceshot::train {

/// Rank 0 does `work`, which receives a function to call from time to time; the others wait until
/// it ends. Each such call, at most once per second, tells the others that rank 0 is alive, and
/// rank 0 that they are. Calls must not be further apart than the group's answer time; the work may
/// take any time.
/// @throws Error(io) as ProcessGroup; exceptions of `work` on rank 0 only
void work_on_rank0(ProcessGroup& group,
                   const std::function<void(const std::function<void()>& alive)>& work);

}  // namespace faceshot::train
