// A run in progress: the state that its steps change, what callbacks read and request, and how it
// is checkpointed. No Torch here.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "loader/loader.hpp"
#include "loss/multibox_loss.hpp"
#include "network/network_spec.hpp"
#include "train/config/config.hpp"
#include "train/distributed/process_environment.hpp"
#include "train/record/checkpoint.hpp"
#include "train/start/training_data.hpp"
#include "train/validation.hpp"

namespace faceshot::model {
class TorchNetwork;
}

namespace faceshot::train {

/// In wall-clock time.
[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Ema;
class GradientBuckets;
class Optimizer;
class ProcessGroup;

/// The progress of a run.
struct Position {
  std::int64_t epoch = 0;  ///< completed
  std::int64_t batch = 0;  ///< completed in the current epoch
  std::int64_t step = 0;   ///< completed in total
  // Sums over the batches of the epoch.
  double confidence_sum = 0, location_sum = 0, landmark_sum = 0, likelihood_sum = 0;
};

/// Everything that a later step depends on is in `position`, the weights, the optimiser's state and
/// the callbacks' (all in checkpoints), or is a function of the config. Not thread safe.
struct TrainingRun {
  /// Reads the data, which determine model.classes, and creates the network with random weights;
  /// writes nothing. With several processes,
  /// each sees its share of the data; they are not connected yet (join_run.hpp).
  /// Position is train.start_step.
  /// @throws Error(invalid_argument) for a config that does not fit the data; as load_training_data
  TrainingRun(Config config, std::filesystem::path dir, ProcessEnvironment processes = {});
  ~TrainingRun();
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  const Config config;
  const std::filesystem::path dir;
  const ProcessEnvironment processes;  ///< the processes of this run, and which one this is
  const int threads;                   ///< for the network, >= 1
  const TrainingData data;

  loader::Loader loader;
  std::unique_ptr<model::TorchNetwork> network;
  std::set<std::string> frozen;  ///< layers that are not trained before the end of
                                 ///< train.unfreeze_epoch
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Ema> ema;                  ///< null: no averages
  std::unique_ptr<ProcessGroup> group;       ///< null: this process trains alone
  std::unique_ptr<GradientBuckets> buckets;  ///< of the parameters trained in this epoch; null if
                                             ///< `group` is
  loss::PriorGrid priors;                    ///< of training crops of augment.size
  loss::PriorGrid large_priors;              ///< of augment.large_size; empty if it is 0

  Position position;
  bool ended_early = false;    ///< no more epochs are wanted
  double best_ap = -1;         ///< of all validations; below 0: there was none
  std::optional<double> best;  ///< best value of train.checkpoint.best; nothing: not measured yet
  bool starts_whole = false;   ///< a new run's initial weights are already a detector's
  std::map<std::string, std::string> notes;  ///< Checkpoint::notes

  // Of the last step.
  loader::Batch batch;
  loss::MultiboxResult loss;
  double learning_rate = 0;
  std::optional<ValidationResult> validation;  ///< of the epoch that is ending; nothing between
                                               ///< epochs

  bool stop = false;      ///< a callback or the user requests to save and stop; can be resumed
  bool all_stop = false;  ///< the same in any process; set in all of them after the same step
  std::function<void(const std::string&)> note;  ///< one line for the user; never null
  std::function<void(const std::string&)> save;  ///< writes the checkpoint of that name into `dir`

  [[nodiscard]] const network::NetworkSpec& spec() const;
  /// Whether this process writes files and prints.
  [[nodiscard]] bool leads() const { return processes.rank == 0; }
  [[nodiscard]] std::int64_t batches() const;       ///< of an epoch
  [[nodiscard]] std::int64_t batch_images() const;  ///< in a batch, over all processes
  /// Batches of the current epoch that this run has trained: fewer than position.batch in the epoch
  /// of train.start_step.
  [[nodiscard]] std::int64_t batches_trained() const;
  [[nodiscard]] bool is_over() const;  ///< no epoch is left, or none is wanted
  /// For crops of this size, augment.size or augment.large_size.
  [[nodiscard]] const loss::PriorGrid& priors_of(int size) const {
    return size == config.augment.size ? priors : large_priors;
  }
  /// The weights that are validated and tested: the averages if there are any.
  [[nodiscard]] model::TorchNetwork& evaluated_network();
  /// A landmark loss, or nothing if the network has no landmarks.
  [[nodiscard]] std::optional<double> landmark_metric(double value) const;

 private:
  /// From which other members are constructed.
  struct Loaded {
    Config config;
    TrainingData data;
  };
  static Loaded load(Config config);
  TrainingRun(Loaded loaded, std::filesystem::path dir, ProcessEnvironment processes);
};

/// Weights, optimiser state and position of the run, without the callbacks' additions.
[[nodiscard]] Checkpoint to_checkpoint(const TrainingRun& run);

/// The inverse. @throws Error(format) for a checkpoint of another network
void restore(TrainingRun& run, const Checkpoint& checkpoint);

/// Loads weights and averages only. @throws Error(format) for those of another network
void restore_weights(TrainingRun& run, const Checkpoint& checkpoint);

}  // namespace faceshot::train
