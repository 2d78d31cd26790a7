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
  const char* keys;     ///< config keys that enable and configure it; empty: always on
  const char* meaning;  ///< one line
  bool everywhere;      ///< with several processes: runs in all of them; otherwise only in rank 0
};

/// All callbacks, in the order in which they are called.
[[nodiscard]] const std::vector<CallbackInfo>& callback_table();

struct NamedCallback {
  std::string name;
  std::unique_ptr<Callback> callback;
};

/// The callbacks that the run's config enables in this process, in order.
/// @param listener must outlive the callbacks
[[nodiscard]] std::vector<NamedCallback> make_callbacks(const TrainingRun& run,
                                                        const TrainListener& listener);

// One factory per callback; each returns null if the config disables it. Each is in the file of its
// name.
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
