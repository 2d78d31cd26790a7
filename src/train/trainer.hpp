// Training a network from a config: the loop, its checkpoints, and exact resume. No Torch here.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "train/config/config.hpp"
#include "train/record/metrics_log.hpp"

namespace faceshot::train {

/// State of the run after a step, for a line of progress.
struct TrainProgress {
  int epoch = 0, epochs = 0;                      ///< epoch from 1
  std::int64_t batch = 0, batches = 0;            ///< within the epoch, batch from 1
  std::int64_t step = 0;                          ///< done in all
  double confidence_loss = 0, location_loss = 0;  ///< mean over the epoch so far
  std::optional<double> landmark_loss;            ///< the same, if the network has landmarks
  double learning_rate = 0;
  double images_per_second = 0;  ///< since the run was started or resumed
  double seconds_left = 0;       ///< to the end of the last epoch
};

/// Who wants to hear of a run while it continues. Called from the training thread.
struct TrainListener {
  std::function<void(const std::string&)> on_note;  ///< one line about what is continuing
  std::function<void(const TrainProgress&)> on_step;
  /// Its files are safe on disk. Once before the first step (EpochMetrics::start) where a run
  /// starts from a detector's weights.
  std::function<void(const EpochMetrics&)> on_epoch;
};

struct TrainOutcome {
  bool completed = false;  ///< false: stopped on request; resume continues
  int epochs_done = 0;
  std::int64_t steps_done = 0;
  std::string metric;          ///< that best.pt is best by: train.checkpoint.best
  std::optional<double> best;  ///< its value there; none: it was never measured
  bool leads = true;           ///< the one of several processes that writes files and talks
};

// Started in several processes at once (distributed/process_environment.hpp says by whom and how),
// both train one network together; all processes return or throw. Only rank 0 writes into `dir` and
// calls the listener. If a process is gone, the others throw Error(io) within a minute.

/// Starts a run in `dir`: config.toml, last.pt, and what its callbacks write (callbacks/): best.pt
/// (the last weights where nothing is validated), metrics.csv, event files, test.json; with
/// model.init.file also init.json: what became of each array of that file
/// (weights/match_report.hpp). Where that file is a detector's, as one of our ONNX files, its
/// weights are validated first: the first row of metrics.csv.
/// @param stop when it turns true, the run saves last.pt and returns after the current step
/// @throws Error(invalid_argument) if `dir` already holds a run, or for impossible data or config,
///         and as init_weights(); Error(diverged) if the run diverges;
///         Error(not_found), Error(format), Error(io) for files. A checkpoint that cannot be
///         written (full disk, read-only folder) is an Error(io) that says which checkpoint is
///         still whole.
TrainOutcome start_training(const Config& config, const std::filesystem::path& dir,
                            const TrainListener& listener, const std::atomic<bool>& stop);

/// Continues from DIR/last.pt, with the config stored in it (model.init.file is not read again);
/// with the same number of threads the weights come out bit for bit as if the run had never
/// stopped.
/// @param overrides `key=value`, as resumed_config() takes them; they stay with the run
/// @throws Error(not_found) if there is no last.pt in `dir`, and as start_training and
///         resumed_config()
TrainOutcome resume_training(const std::filesystem::path& dir, const TrainListener& listener,
                             const std::atomic<bool>& stop,
                             const std::vector<std::string>& overrides = {});

}  // namespace faceshot::train
