// The callbacks of a run, in order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/callbacks/callback.hpp"
#include "train/trainer.hpp"

namespace faceshot::train {

/// A row of the table.
struct CallbackInfo {
  const char* name;     ///< "early_stopping"
  const char* keys;     ///< config keys that switch it on and steer it; empty: always on
  const char* meaning;  ///< one line
  bool everywhere;      ///< of several processes in all of them; else in rank 0 alone
};

/// All there are, in the order in which they are called.
[[nodiscard]] const std::vector<CallbackInfo>& callback_table();

struct NamedCallback {
  std::string name;
  std::unique_ptr<Callback> callback;
};

/// Those that the run's config switches on in this process, in order.
/// @param listener outlives the callbacks
[[nodiscard]] std::vector<NamedCallback> make_callbacks(const TrainingRun& run,
                                                        const TrainListener& listener);

// One maker each; null where the config switches it off. Each stands in the file of its name.
[[nodiscard]] std::unique_ptr<Callback> make_weight_average(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_nan_guard();
[[nodiscard]] std::unique_ptr<Callback> make_validation(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_plateau(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_early_stopping(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_model_checkpoint(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_csv_log();
[[nodiscard]] std::unique_ptr<Callback> make_tensorboard(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_last_checkpoint();
[[nodiscard]] std::unique_ptr<Callback> make_progress(const TrainListener& listener);
[[nodiscard]] std::unique_ptr<Callback> make_time_limit(const TrainingRun& run);
[[nodiscard]] std::unique_ptr<Callback> make_final_evaluation(const TrainingRun& run);

}  // namespace faceshot::train
