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
  std::int64_t step = 0;                          ///< completed in total
  double confidence_loss = 0, location_loss = 0;  ///< mean over the epoch so far
  std::optional<double> landmark_loss;            ///< the same, if the network has landmarks
  double learning_rate = 0;
  double images_per_second = 0;  ///< since the run was started or resumed
  double seconds_left = 0;       ///< to the end of the last epoch
};

/// Callbacks for the caller of a run. Called from the training thread.
struct TrainListener {
  std::function<void(const std::string&)> on_note;  ///< one line about what is happening
  std::function<void(const TrainProgress&)> on_step;
  /// The epoch's files are safe on disk. Also called before the first step (EpochMetrics::start) if
  /// a run starts from a detector's weights.
  std::function<void(const EpochMetrics&)> on_epoch;
};

struct TrainOutcome {
  bool completed = false;  ///< false: stopped on request and can be resumed
  int epochs_done = 0;
  std::int64_t steps_done = 0;
  std::string metric;          ///< that selects best.pt: train.checkpoint.best
  std::optional<double> best;  ///< its value there; nothing: never measured
  bool leads = true;           ///< of several processes, the one that writes files and prints
};

// If started in several processes at once (see distributed/process_environment.hpp), both functions
// train one network together; all processes return or throw. Only rank 0 writes into `dir` and
// calls the listener. If a process is gone, the others throw Error(io) within a minute.

/// Starts a run in `dir`: config.toml, last.pt, and the files of its callbacks (callbacks/):
/// best.pt (the last weights if nothing is validated), metrics.csv, event files, test.json; with
/// model.init.file also init.json: how each array of that file was matched
/// (weights/match_report.hpp). If that file is a detector's, such as one of our ONNX files, its
/// weights are validated first: the first row of metrics.csv.
/// @param stop when it becomes true, the run saves last.pt and returns after the current step
/// @throws Error(invalid_argument) if `dir` already holds a run, or for impossible data or config,
///         and as init_weights(); Error(diverged) if the run diverges;
///         Error(not_found), Error(format), Error(io) for files. A checkpoint that cannot be
///         written (full disk, read-only folder) is an Error(io) that says which checkpoint is
///         still intact.
TrainOutcome start_training(const Config& config, const std::filesystem::path& dir,
                            const TrainListener& listener, const std::atomic<bool>& stop);

/// Continues from DIR/last.pt, with the config stored in it (model.init.file is not read again);
/// with the same number of threads the resulting weights are bit for bit those of an uninterrupted
/// run.
/// @param overrides `key=value`, accepted by resumed_config(); they stay with the run
/// @throws Error(not_found) if there is no last.pt in `dir`, and as start_training and
///         resumed_config()
TrainOutcome resume_training(const std::filesystem::path& dir, const TrainListener& listener,
                             const std::atomic<bool>& stop,
                             const std::vector<std::string>& overrides = {});

}  // namespace faceshot::train
