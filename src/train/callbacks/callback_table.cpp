#include "train/callbacks/callback_table.hpp"

#include <utility>

#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

struct CallbackRow {
  CallbackInfo info;
  std::unique_ptr<Callback> (*make)(const TrainingRun&, const TrainListener&);
};

// The order matters: validation computes the numbers that plateau, early stopping and the best
// checkpoint use; last.pt comes after all other files of an epoch, so that a run killed before it
// writes them again; progress reports what is safe on disk. With several processes, all make the
// same decisions from the same numbers; files and output are rank 0's.
const std::vector<CallbackRow>& callback_rows() {
  using R = const TrainingRun&;
  using L = const TrainListener&;
  static const std::vector<CallbackRow> all{
      {{"weight_average", "train.ema_decay", "moving average of the weights (EMA)", true},
       [](R run, L) { return make_weight_average(run); }},
      {{"nan_guard", "", "stops a run that has diverged and writes its batch to diverged/", true},
       [](R, L) { return make_nan_guard(); }},
      {{"validation", "train.validate_every", "losses, APs, false positives and landmark error",
        true},
       [](R run, L) { return make_validation(run); }},
      {{"plateau", "train.plateau.*", "lowers the learning rate when a metric stops improving",
        true},
       [](R run, L) { return make_plateau(run); }},
      {{"early_stopping", "train.early_stopping.*", "ends the run when a metric stops improving",
        true},
       [](R run, L) { return make_early_stopping(run); }},
      {{"model_checkpoint", "train.checkpoint.*", "best.pt, and checkpoints every few epochs",
        false},
       [](R run, L) { return make_model_checkpoint(run); }},
      {{"csv_log", "", "one row per epoch in metrics.csv", false},
       [](R, L) { return make_csv_log(); }},
      {{"tensorboard", "train.tensorboard.*", "event files for TensorBoard", false},
       [](R run, L) { return make_tensorboard(run); }},
      {{"last_checkpoint", "train.checkpoint_every", "last.pt, which --resume continues from",
        false},
       [](R, L) { return make_last_checkpoint(); }},
      {{"progress", "", "the progress line, and one line per epoch", false},
       [](R, L listener) { return make_progress(listener); }},
      {{"time_limit", "train.time_limit", "saves and stops after a number of minutes", true},
       [](R run, L) { return make_time_limit(run); }},
      {{"final_evaluation", "data.test", "measures the best weights on the test split", false},
       [](R run, L) { return make_final_evaluation(run); }},
  };
  return all;
}

}  // namespace

const std::vector<CallbackInfo>& callback_table() {
  static const std::vector<CallbackInfo> table = [] {
    std::vector<CallbackInfo> infos;
    for (const CallbackRow& row : callback_rows()) infos.push_back(row.info);
    return infos;
  }();
  return table;
}

std::vector<NamedCallback> make_callbacks(const TrainingRun& run, const TrainListener& listener) {
  std::vector<NamedCallback> callbacks;
  for (const CallbackRow& row : callback_rows()) {
    if (!row.info.everywhere && !run.leads()) continue;
    if (auto callback = row.make(run, listener))
      callbacks.push_back({row.info.name, std::move(callback)});
  }
  return callbacks;
}

}  // namespace faceshot::train
