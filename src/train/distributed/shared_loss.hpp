// One process's loss as a part of the total loss. No Torch here.
#pragma once

#include "loss/multibox_loss.hpp"
#include "train/distributed/process_group.hpp"

namespace faceshot::train {

/// The multibox loss is divided by the positives of the batch. If a batch is distributed over
/// processes, that is their total number: replaces the values and counts of `loss` by those of the
/// whole batch, the same in all processes, and scales the gradients of this process's part so that
/// they sum to the whole batch's. Matching and mining work image by image, so nothing else depends
/// on the batch.
/// @param flag  a request of this process, such as to stop
/// @return whether any process has the request
/// @throws Error(io) as ProcessGroup::sum
[[nodiscard]] bool share_loss(loss::MultiboxResult& loss, ProcessGroup& group, bool flag = false);

}  // namespace faceshot::train
