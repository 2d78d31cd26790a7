#include "train/training_run.hpp"

#include <algorithm>
#include <utility>

#include "base/processors.hpp"
#include "faceshot/error.hpp"
#include "model/torch_network.hpp"
#include "network/parts.hpp"
#include "train/config/metric.hpp"
#include "train/distributed/gradient_buckets.hpp"
#include "train/distributed/process_group.hpp"
#include "train/start/class_names.hpp"
#include "train/step/ema.hpp"
#include "train/step/optimizer.hpp"

namespace faceshot::train {
namespace {

using network::has_landmarks;

/// Default: the cores divided by the processes on this machine.
int thread_count(int wanted, int local_processes) {
  const int cores = base::processors();
  return wanted > 0 ? wanted : std::max(1, cores / local_processes);
}

loader::LoaderOptions loader_options(const Config& config, const ProcessEnvironment& processes,
                                     int threads) {
  loader::LoaderOptions options;
  options.batch_size = config.train.batch_size;
  options.shard = processes.rank;
  options.shards = processes.size;
  options.workers = config.data.workers;
  options.threads = threads;
  options.cache_mb = static_cast<std::size_t>(config.data.cache_mb);
  options.seed = config.train.seed;
  options.balance = config.data.balance;
  options.epochs = config.train.epochs;
  options.samples_per_epoch = static_cast<std::size_t>(config.data.samples_per_epoch);
  return options;
}

/// A metric that is never available would silently wait forever.
void demand_metrics(const Config& config, const TrainingData& data) {
  const auto demand = [](bool there, const char* key, const std::string& metric, const char* what) {
    if (!there)
      throw Error(ErrorCode::invalid_argument,
                  std::string(key).append(" = \"").append(metric).append("\" needs ").append(what));
  };
  const TrainOptions& train = config.train;
  for (const auto& [key, metric] :
       {std::pair("train.plateau.metric", train.plateau.metric),
        std::pair("train.early_stopping.metric", train.early_stopping.metric)})
    demand(
        !needs_validation(metric) || !data.val.records.empty(), key, metric,
        "validation images: set data.val, hold some out with data.val_fraction, or use train_loss");
  for (const auto& [key, metric] :
       {std::pair("train.plateau.metric", train.plateau.metric),
        std::pair("train.early_stopping.metric", train.early_stopping.metric),
        std::pair("train.checkpoint.best", train.checkpoint.best)})
    demand(!needs_negatives(metric) || !data.negatives.records.empty(), key, metric,
           "held-out images without faces: set data.negatives");
}

/// @param batches  per epoch
Position start_position(const TrainOptions& options, std::int64_t batches) {
  const std::int64_t steps = batches * options.epochs;
  const std::int64_t step = options.start_step;
  if (step >= steps)
    throw Error(ErrorCode::invalid_argument,
                "train.start_step = " + std::to_string(step) + " leaves nothing to do: " +
                    std::to_string(options.epochs) + " epochs of " + std::to_string(batches) +
                    " batches end with step " + std::to_string(steps - 1) +
                    "; raise train.epochs, which is the length of the whole schedule");
  Position position;
  position.epoch = step / batches;
  position.batch = step % batches;
  position.step = step;
  return position;
}

}  // namespace

TrainingRun::TrainingRun(Config config_, std::filesystem::path dir_, ProcessEnvironment processes_)
    : TrainingRun(load(std::move(config_)), std::move(dir_), std::move(processes_)) {}

TrainingRun::Loaded TrainingRun::load(Config config) {
  TrainingData data = load_training_data(config);
  if (data.classes.size() > 1 && config.loss.class_loss == "iou_branch")
    throw Error(ErrorCode::invalid_argument,
                "loss.class_loss = iou_branch supports one class only; the data have " +
                    std::to_string(data.classes.size()) + "; use varifocal or quality_focal");
  config.model.classes = data.classes;
  config.loss.class_weights = weights_of_classes(config.class_weights, data.classes);
  return {std::move(config), std::move(data)};
}

TrainingRun::TrainingRun(Loaded loaded, std::filesystem::path dir_, ProcessEnvironment processes_)
    : config(std::move(loaded.config)),
      dir(std::move(dir_)),
      processes(std::move(processes_)),
      threads(thread_count(config.train.threads, processes.local_size)),
      data(std::move(loaded.data)),
      loader(data.train, config.data.weights, loader_options(config, processes, threads),
             config.augment),
      network(std::make_unique<model::TorchNetwork>(network::make_network(config.model),
                                                    config.train.seed)),
      frozen(network::frozen_layers(network->spec(), config.freeze.parts)),
      optimizer(std::make_unique<Optimizer>(*network, config.train)),
      note([](const std::string&) {}) {
  demand_metrics(config, data);
  position = start_position(config.train, batches());
  if (config.train.ema_decay > 0) ema = std::make_unique<Ema>(*network, config.train.ema_decay);
  const auto grid = [&](int size) {
    return loss::make_prior_grid(spec().priors, size, size,
                                 network::feature_sizes(spec(), size, size));
  };
  priors = grid(config.augment.size);
  if (config.augment.large_size > 0) large_priors = grid(config.augment.large_size);
}

TrainingRun::~TrainingRun() = default;

const network::NetworkSpec& TrainingRun::spec() const { return network->spec(); }

std::int64_t TrainingRun::batches() const {
  return static_cast<std::int64_t>(loader.batches_per_epoch());
}

std::int64_t TrainingRun::batch_images() const {
  return std::int64_t{config.train.batch_size} * processes.size;
}

std::int64_t TrainingRun::batches_trained() const {
  const std::int64_t start = config.train.start_step;
  return position.epoch == start / batches() ? position.batch - start % batches() : position.batch;
}

bool TrainingRun::is_over() const { return position.epoch >= config.train.epochs || ended_early; }

model::TorchNetwork& TrainingRun::evaluated_network() { return ema ? ema->network() : *network; }

std::optional<double> TrainingRun::landmark_metric(double value) const {
  return has_landmarks(spec()) ? std::optional(value) : std::nullopt;
}

Checkpoint to_checkpoint(const TrainingRun& run) {
  Checkpoint checkpoint;
  checkpoint.config = to_toml(run.config);
  checkpoint.model = run.network->weights();
  if (run.ema) checkpoint.ema = run.ema->network().weights();
  OptimizerState state = run.optimizer->state();
  checkpoint.optimizer = std::move(state.arrays);
  checkpoint.optimizer_steps = std::move(state.steps);
  const Position& p = run.position;
  checkpoint.counters = {{"epoch", p.epoch}, {"batch", p.batch}, {"step", p.step}};
  checkpoint.scalars = {{"confidence_sum", p.confidence_sum},
                        {"location_sum", p.location_sum},
                        {"likelihood_sum", p.likelihood_sum},
                        {"best_ap", run.best_ap}};
  if (has_landmarks(run.spec())) checkpoint.scalars["landmark_sum"] = p.landmark_sum;
  if (run.ended_early) checkpoint.scalars["ended_early"] = 1;
  checkpoint.notes = run.notes;
  return checkpoint;
}

void restore_weights(TrainingRun& run, const Checkpoint& checkpoint) {
  run.network->load(checkpoint.model);
  if (run.ema) run.ema->network().load(checkpoint.ema);
}

void restore(TrainingRun& run, const Checkpoint& checkpoint) {
  restore_weights(run, checkpoint);
  run.position = {checkpoint.counters.at("epoch"),
                  checkpoint.counters.at("batch"),
                  checkpoint.counters.at("step"),
                  checkpoint.scalars.at("confidence_sum"),
                  checkpoint.scalars.at("location_sum"),
                  has_landmarks(run.spec()) ? checkpoint.scalars.at("landmark_sum") : 0,
                  0};
  // Files from before this metric lack it.
  if (const auto sum = checkpoint.scalars.find("likelihood_sum"); sum != checkpoint.scalars.end())
    run.position.likelihood_sum = sum->second;
  run.optimizer->load({checkpoint.optimizer, checkpoint.optimizer_steps});
  run.best_ap = checkpoint.scalars.at("best_ap");
  run.notes = checkpoint.notes;
  run.ended_early = checkpoint.scalars.contains("ended_early");
}

}  // namespace faceshot::train
