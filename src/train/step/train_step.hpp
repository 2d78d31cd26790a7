// One step of training: a batch forward, its loss, backward, and the update. No Torch here.
#pragma once

namespace faceshot::train {

struct TrainingRun;

/// Takes the next batch of `run.loader` into `run.batch`, leaves its loss in `run.loss`, updates
/// the weights with `run.learning_rate` and advances `run.position` within the epoch. With several
/// processes, all take the same step, with the loss and the gradients of all their batches, and
/// learn in `run.all_stop` whether `run.stop` was set in any of them.
/// @return false if the network's output is not finite: nothing was updated, and the batch is
///         available for inspection
/// @throws Error(format) if the loader has no batch left; Error as multibox_loss(); Error(io) if
///         another process is gone
[[nodiscard]] bool train_step(TrainingRun& run);

}  // namespace faceshot::train
