// A run in progress: the state its steps change, what callbacks read and request, and how it is
// checkpointed. No Torch here.
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

/// Of wall time.
[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Ema;
class GradientBuckets;
class Optimizer;
class ProcessGroup;

/// Where a run stands.
struct Position {
  std::int64_t epoch = 0;  ///< done
  std::int64_t batch = 0;  ///< done in the current epoch
  std::int64_t step = 0;   ///< done in all
  // Sums over the batches of the epoch.
  double confidence_sum = 0, location_sum = 0, landmark_sum = 0, likelihood_sum = 0;
};

/// Everything that a later step depends on is in `position`, the weights, the optimiser's state and
/// the callbacks' (all in checkpoints), or is a function of the config. Not thread safe.
struct TrainingRun {
  /// Reads the data, of which model.classes become known, and makes the network with random
  /// weights; writes nothing. Of several processes
  /// each sees its share of the data; they do not meet yet (join_run.hpp).
  /// Stands at train.start_step.
  /// @throws Error(invalid_argument) for a config that does not fit the data; as load_training_data
  TrainingRun(Config config, std::filesystem::path dir, ProcessEnvironment processes = {});
  ~TrainingRun();
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  const Config config;
  const std::filesystem::path dir;
  const ProcessEnvironment processes;  ///< of those that train together, which this is
  const int threads;                   ///< for the network, >= 1
  const TrainingData data;

  loader::Loader loader;
  std::unique_ptr<model::TorchNetwork> network;
  std::set<std::string> frozen;  ///< layers that do not learn before train.unfreeze_epoch is over
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Ema> ema;                  ///< null: no averages are kept
  std::unique_ptr<ProcessGroup> group;       ///< null: this process trains alone
  std::unique_ptr<GradientBuckets> buckets;  ///< of what learns in this epoch; null as `group`
  loss::PriorGrid priors;                    ///< of training crops of augment.size
  loss::PriorGrid large_priors;              ///< of augment.large_size; empty where there are none

  Position position;
  bool ended_early = false;    ///< no further epoch is wanted
  double best_ap = -1;         ///< of all validations; below 0: there was none
  std::optional<double> best;  ///< train.checkpoint.best's best value; none: not measured yet
  bool starts_whole = false;   ///< a new run's weights are a detector's that finds faces already

  // Of the last step.
  loader::Batch batch;
  loss::MultiboxResult loss;
  double learning_rate = 0;
  std::optional<ValidationResult> validation;  ///< of the epoch that ends; nothing between epochs

  bool stop = false;      ///< a callback or the user asks to save and leave; resumable
  bool all_stop = false;  ///< the same of any process, in all of them after the same step
  std::function<void(const std::string&)> note;  ///< one line for the user; never null
  std::function<void(const std::string&)> save;  ///< writes the checkpoint of that name into `dir`

  [[nodiscard]] const network::NetworkSpec& spec() const;
  [[nodiscard]] bool leads() const { return processes.rank == 0; }  ///< writes files, talks
  [[nodiscard]] std::int64_t batches() const;                       ///< of an epoch
  [[nodiscard]] std::int64_t batch_images() const;                  ///< in a batch of all processes
  /// Batches of the current epoch that are behind it and were this run's own: less than
  /// position.batch in the epoch of train.start_step.
  [[nodiscard]] std::int64_t batches_trained() const;
  [[nodiscard]] bool is_over() const;  ///< no epoch is left, or none is wanted
  /// Of crops of this size, augment.size or augment.large_size.
  [[nodiscard]] const loss::PriorGrid& priors_of(int size) const {
    return size == config.augment.size ? priors : large_priors;
  }
  /// The weights that are validated and tested: the averages where they are kept.
  [[nodiscard]] model::TorchNetwork& evaluated_network();
  /// A landmark loss or nothing, by whether the network has landmarks.
  [[nodiscard]] std::optional<double> landmark_metric(double value) const;

 private:
  /// What the members that others are made from are made from.
  struct Loaded {
    Config config;
    TrainingData data;
  };
  static Loaded load(Config config);
  TrainingRun(Loaded loaded, std::filesystem::path dir, ProcessEnvironment processes);
};

/// Weights, optimiser state and position of the run, without what callbacks add.
[[nodiscard]] Checkpoint to_checkpoint(const TrainingRun& run);

/// The reverse. @throws Error(format) for a checkpoint of another network
void restore(TrainingRun& run, const Checkpoint& checkpoint);

/// Loads weights and averages only. @throws Error(format) for those of another network
void restore_weights(TrainingRun& run, const Checkpoint& checkpoint);

}  // namespace faceshot::train
