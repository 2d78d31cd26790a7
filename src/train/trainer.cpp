#include "train/trainer.hpp"

#include <torch/types.h>
#include <torch/utils.h>

#include <chrono>
#include <utility>
#include <vector>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "train/callbacks/callback_table.hpp"
#include "train/distributed/gradient_buckets.hpp"
#include "train/distributed/process_group.hpp"
#include "train/record/checkpoint.hpp"
#include "train/start/join_run.hpp"
#include "train/start/prepare_run.hpp"
#include "train/step/schedule.hpp"
#include "train/step/train_step.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

using support::write_file_atomically;

using Clock = std::chrono::steady_clock;

/// The loop: steps, epochs, and the callbacks around them.
class Trainer {
 public:
  Trainer(Config config, std::filesystem::path dir, const TrainListener& listener,
          const std::atomic<bool>& stop)
      : run_(std::move(config), std::move(dir), read_process_environment()),
        stop_(stop),
        callbacks_(make_callbacks(run_, listener)) {
    if (listener.on_note && run_.leads()) run_.note = listener.on_note;
    run_.save = [this](const std::string& name) { save(name); };
    torch::set_num_threads(run_.threads);
  }

  /// @return the content of init.json
  std::string prepare() {
    std::string init_json = start_weights(run_);
    check_samples(run_);
    return init_json;
  }

  void load(const Checkpoint& checkpoint) {
    restore(run_, checkpoint);
    for (const auto& [name, callback] : callbacks_) callback->load(checkpoint);
    saved_ = place();
  }

  [[nodiscard]] bool leads() const { return run_.leads(); }
  [[nodiscard]] const Config& config() const {
    return run_.config;
  }  ///< with the classes filled
     ///< in

  /// Connects to the other processes, if there are any.
  void join() { join_run(run_); }

  TrainOutcome run() {
    run_.note(
        std::to_string(run_.data.train_images()) + " training images, " +
        std::to_string(run_.data.val.records.size()) + " validation images, " +
        std::to_string(network::parameter_count(run_.spec())) + " parameters, " +
        std::to_string(run_.priors.priors.size()) + " priors, " + std::to_string(run_.threads) +
        " threads" +
        (run_.group ? " in each of " + std::to_string(run_.processes.size) + " processes" : ""));
    if (run_.data.classes.size() > 1) run_.note(run_.data.class_line());
    for (const auto& [name, callback] : callbacks_) callback->on_start(run_);
    const TrainOptions& train = run_.config.train;
    if (run_.starts_whole && train.validate_start && !run_.data.val.records.empty())
      look_at_start();
    while (!run_.is_over()) {
      if (train.stop_after > 0 && run_.position.epoch >= train.stop_after) return outcome(false);
      if (!epoch()) return outcome(false);
    }
    for (const auto& [name, callback] : callbacks_) callback->on_end(run_);
    return outcome(true);
  }

 private:
  [[nodiscard]] TrainOutcome outcome(bool completed) const {
    return {completed,          static_cast<int>(run_.position.epoch),
            run_.position.step, run_.config.train.checkpoint.best,
            run_.best,          leads()};
  }

  void look_at_start() {
    EpochMetrics metrics;
    metrics.epoch = static_cast<int>(run_.position.epoch);
    metrics.step = run_.position.step;
    metrics.start = true;
    for (const auto& [name, callback] : callbacks_) callback->on_start_weights(run_, metrics);
    run_.validation.reset();
  }

  /// @return false if the run was stopped before the end of the epoch
  bool epoch() {
    const auto start = Clock::now();
    const double waited_before = run_.loader.waited_seconds();
    const std::int64_t first_batch = run_.position.batch;
    apply_freezing(run_);
    if (run_.group) run_.buckets = std::make_unique<GradientBuckets>(*run_.network, *run_.group);
    run_.loader.start(static_cast<std::uint32_t>(run_.position.epoch),
                      static_cast<std::size_t>(first_batch));
    while (run_.position.batch < run_.batches()) {
      step();
      // A single process stops immediately; several stop in the next step, when all know of the
      // request.
      if (run_.group ? run_.all_stop : stop_ || run_.stop) {
        save("last.pt");
        return false;
      }
    }
    const double seconds = seconds_since(start);
    const auto images = static_cast<double>((run_.batches() - first_batch) * run_.batch_images());
    finish_epoch(images / seconds, (run_.loader.waited_seconds() - waited_before) / seconds);
    return true;
  }

  void step() {
    run_.learning_rate = rate(run_.position.step);
    if (stop_) run_.stop = true;
    if (!train_step(run_)) {
      for (const auto& [name, callback] : callbacks_) callback->on_diverged(run_);
      throw Error(ErrorCode::diverged, "training has diverged");
    }
    for (const auto& [name, callback] : callbacks_) callback->on_step(run_);
  }

  [[nodiscard]] double rate(std::int64_t step) const {
    double rate = learning_rate(run_.config.train, run_.batches(), step);
    for (const auto& [name, callback] : callbacks_) rate = callback->adjust_rate(rate);
    return rate;
  }

  void finish_epoch(double images_per_second, double waiting_share) {
    Position& p = run_.position;
    const auto batches = static_cast<double>(run_.batches_trained());
    EpochMetrics metrics;
    metrics.epoch = static_cast<int>(++p.epoch);
    metrics.step = p.step;
    metrics.confidence_loss = p.confidence_sum / batches;
    metrics.location_loss = p.location_sum / batches;
    metrics.landmark_loss = run_.landmark_metric(p.landmark_sum / batches);
    metrics.negative_log_likelihood = p.likelihood_sum / batches;
    metrics.learning_rate = rate(p.step - 1);
    metrics.images_per_second = images_per_second;
    metrics.waiting_share = waiting_share;
    p.batch = 0;
    p.confidence_sum = p.location_sum = p.landmark_sum = p.likelihood_sum = 0;
    for (const auto& [name, callback] : callbacks_) callback->on_epoch(run_, metrics);
    run_.validation.reset();
  }

  void save(const std::string& name) {
    if (!leads()) return;
    Checkpoint checkpoint = to_checkpoint(run_);
    for (const auto& [callback_name, callback] : callbacks_) callback->save(checkpoint);
    try {
      save_checkpoint(run_.dir / name, checkpoint);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::io || saved_.empty()) throw;
      throw Error(ErrorCode::io, std::string(e.what())
                                     .append("; last.pt is intact, from ")
                                     .append(saved_)
                                     .append(": free some space, then continue with --resume"));
    }
    if (name == "last.pt") saved_ = place();
  }

  [[nodiscard]] std::string place() const {
    return std::string("epoch ")
        .append(std::to_string(run_.position.epoch + (run_.position.batch > 0 ? 1 : 0)))
        .append(", step ")
        .append(std::to_string(run_.position.step));
  }

  TrainingRun run_;
  const std::atomic<bool>& stop_;
  std::vector<NamedCallback> callbacks_;
  std::string saved_;  ///< path of last.pt; empty: there is none yet
};

}  // namespace

TrainOutcome start_training(const Config& config, const std::filesystem::path& dir,
                            const TrainListener& listener, const std::atomic<bool>& stop) {
  if (std::filesystem::exists(dir / "last.pt"))
    throw Error(ErrorCode::invalid_argument,
                "'" + dir.string() + "' already contains a run; resume it with --resume " +
                    dir.string() + " or choose another --out");
  Trainer trainer(config, dir, listener, stop);     // before the folder is created: a bad config or
                                                    // data set leaves nothing behind
  const std::string init_json = trainer.prepare();  // the same for weights that do not match
  trainer.join();
  if (trainer.leads()) {
    support::make_folder(dir);
    write_file_atomically(dir / "config.toml", to_toml(trainer.config()));
    if (!init_json.empty()) write_file_atomically(dir / "init.json", init_json);
  }
  return trainer.run();
}

TrainOutcome resume_training(const std::filesystem::path& dir, const TrainListener& listener,
                             const std::atomic<bool>& stop,
                             const std::vector<std::string>& overrides) {
  const auto file = dir / "last.pt";
  if (!std::filesystem::exists(file))
    throw Error(ErrorCode::not_found, "there is no last.pt in '" + dir.string() +
                                          "': nothing to resume; start with faceshot train CONFIG");
  const Checkpoint checkpoint = load_checkpoint(file);
  const Config config = resumed_config(checkpoint.config, file.string(), overrides);
  Trainer trainer(config, dir, listener, stop);
  trainer.load(checkpoint);
  trainer.join();
  if (trainer.leads() && !overrides.empty())
    write_file_atomically(dir / "config.toml", to_toml(trainer.config()));
  return trainer.run();
}

}  // namespace faceshot::train
