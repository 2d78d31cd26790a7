// One process's loss as its part of the loss of all. No Torch here.
#pragma once

#include "loss/multibox_loss.hpp"
#include "train/distributed/process_group.hpp"

namespace faceshot::train {

/// The multibox loss is divided by the positives of the batch. Of a batch that is spread over
/// processes that is their number in all: replaces the values and counts of `loss` by those of the
/// whole batch, the same in all processes, and scales the gradients of this process's part so that
/// they add up to the whole batch's. Matching and mining go image by image, so nothing else depends
/// on the batch.
/// @param flag  a wish of this process, such as to stop
/// @return whether any process has the wish
/// @throws Error(io) as ProcessGroup::sum
[[nodiscard]] bool share_loss(loss::MultiboxResult& loss, ProcessGroup& group, bool flag = false);

}  // namespace faceshot::train
