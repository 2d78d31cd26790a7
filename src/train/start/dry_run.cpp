#include "train/start/dry_run.hpp"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

#include "faceshot/error.hpp"
#include "model/torch_network.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/start/prepare_run.hpp"
#include "train/step/ema.hpp"
#include "train/step/schedule.hpp"
#include "train/step/train_step.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int warm_up_steps = 3;  ///< kernels are generated and memory is allocated during these
constexpr int most_steps = 40;
constexpr double enough_seconds = 8;
constexpr std::size_t validated_images = 16;

/// A value from one of Linux' tables in /proc, in bytes; 0 if it does not exist.
std::int64_t proc_bytes(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key)) return 1024 * std::strtoll(line.c_str() + key.size(), nullptr, 10);
  return 0;
}

/// Size of the decoded training images.
double decoded_bytes(const TrainingRun& run) {
  double bytes = 0;
  for (const data::PreparedSet& set : run.data.train)
    for (const geometry::ImageRecord& record : set.records)
      bytes += 3.0 * static_cast<double>(record.width) * static_cast<double>(record.height);
  return bytes;
}

void one_step(TrainingRun& run) {
  run.learning_rate = learning_rate(run.config.train, run.batches(), run.position.step);
  if (!train_step(run))
    throw Error(ErrorCode::diverged,
                "the network's output is not finite after a few steps; lower train.learning_rate");
  if (run.ema) run.ema->update(*run.network, run.position.step - 1);
}

void measure_steps(TrainingRun& run, DryRun& result) {
  apply_freezing(run);
  run.loader.start(0);
  const std::int64_t steps = run.position.step + std::min<std::int64_t>(run.batches(), most_steps);
  for (int i = 0; i < warm_up_steps && run.position.step < steps; ++i) one_step(run);
  const auto start = Clock::now();
  const double waited_before = run.loader.waited_seconds();
  const std::int64_t first = run.position.step;
  while (run.position.step < steps && seconds_since(start) < enough_seconds) one_step(run);
  const double waited = run.loader.waited_seconds() - waited_before;
  const double images =
      static_cast<double>(run.position.step - first) * run.config.train.batch_size;
  if (images == 0) return;  // an epoch of very few batches
  result.images_per_second = images / (seconds_since(start) - waited);
  result.first_images_per_second = images / seconds_since(start);
}

void measure_validation(TrainingRun& run, DryRun& result) {
  if (run.data.val.records.empty()) return;
  data::PreparedSet part = run.data.val;
  part.records.resize(std::min(part.records.size(), validated_images));
  const auto start = Clock::now();
  (void)validate_network(run.evaluated_network(), part, {}, run.config, run.threads);
  const std::size_t images = run.data.val.records.size() + run.data.negatives.records.size();
  result.validation_seconds =
      seconds_since(start) * static_cast<double>(images) / static_cast<double>(part.records.size());
}

/// @param epochs to run
/// @param cached the loader decodes each image only once
double expected_seconds(const DryRun& r, const Config& config, double epochs, bool cached) {
  if (r.images_per_second == 0) return 0;
  const auto epoch_images =
      static_cast<double>(r.steps_per_epoch) * static_cast<double>(config.train.batch_size);
  const double later = cached ? r.images_per_second : r.first_images_per_second;
  const int every = config.train.validate_every;
  const double validations = std::ceil(epochs / every);
  return std::min(epochs, 1.0) * epoch_images / r.first_images_per_second +
         std::max(epochs - 1, 0.0) * epoch_images / later + validations * r.validation_seconds;
}

}  // namespace

DryRun dry_run(const Config& config, const std::function<void(const std::string&)>& note) {
  TrainingRun run(config, {});
  const std::int64_t start = run.position.step;
  if (note) run.note = note;
  torch::set_num_threads(run.threads);
  (void)start_weights(run);
  check_samples(run);

  DryRun result;
  result.train_images = run.data.train_images();
  result.val_images = run.data.val.records.size();
  result.test_images = run.data.test.records.size();
  result.parameters = network::parameter_count(run.spec());
  result.priors = static_cast<std::int64_t>(run.priors.priors.size());
  result.steps_per_epoch = run.batches();
  result.epochs = config.train.epochs;
  result.threads = run.threads;
  const TrainListener nobody;
  for (const NamedCallback& c : make_callbacks(run, nobody)) result.callbacks.push_back(c.name);

  if (run.data.classes.size() > 1) run.note(run.data.class_line());
  run.note("measuring steps");
  measure_steps(run, result);
  measure_validation(run, result);
  const double cache = config.data.cache_mb * 1048576.0;
  const double decoded = decoded_bytes(run);
  const double epochs =
      config.train.epochs - static_cast<double>(start) / static_cast<double>(run.batches());
  result.total_seconds = expected_seconds(result, config, epochs, decoded <= cache);

  result.peak_memory = proc_bytes("/proc/self/status", "VmHWM:");
  result.available_memory = proc_bytes("/proc/meminfo", "MemAvailable:");
  result.expected_memory = result.peak_memory + static_cast<std::int64_t>(std::min(decoded, cache));
  // Weights, their average and two moments, each one float per parameter.
  result.checkpoint_size = result.parameters * 4 * (run.ema ? 4 : 3);
  return result;
}

}  // namespace faceshot::train
