#include "train/trainer.hpp"

#include <torch/torch.h>

#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "core/atomic_file.hpp"
#include "core/folder.hpp"
#include "dataset/loader.hpp"
#include "faceshot/error.hpp"
#include "loss/multibox_loss.hpp"
#include "model/parts.hpp"
#include "model/registry.hpp"
#include "model/torch_arrays.hpp"
#include "model/torch_network.hpp"
#include "train/batch_dump.hpp"
#include "train/checkpoint.hpp"
#include "train/early_stopping.hpp"
#include "train/ema.hpp"
#include "train/init_weights.hpp"
#include "train/input.hpp"
#include "train/optimizer.hpp"
#include "train/plateau.hpp"
#include "train/prior_coverage.hpp"
#include "train/schedule.hpp"
#include "train/training_data.hpp"
#include "train/validation.hpp"

namespace faceshot {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

LoaderOptions loader_options(const Config& config) {
  LoaderOptions options;
  options.batch_size = config.train.batch_size;
  options.workers = config.data.workers;
  options.cache_mb = static_cast<std::size_t>(config.data.cache_mb);
  options.seed = config.train.seed;
  options.samples_per_epoch = static_cast<std::size_t>(config.data.samples_per_epoch);
  return options;
}

bool is_on(const std::string& metric) { return metric != "none"; }

/// AP grows, losses fall.
bool grows(const std::string& metric) { return metric == "val_ap"; }

std::optional<Plateau> make_plateau(const PlateauConfig& c) {
  if (!is_on(c.metric)) return std::nullopt;
  return Plateau({.maximize = grows(c.metric),
                  .factor = static_cast<double>(c.factor),
                  .patience = c.patience,
                  .threshold = static_cast<double>(c.threshold),
                  .cooldown = c.cooldown,
                  .min_rate = static_cast<double>(c.min_rate)});
}

std::optional<EarlyStopping> make_early_stopping(const EarlyStoppingConfig& c) {
  if (!is_on(c.metric)) return std::nullopt;
  return EarlyStopping({.maximize = grows(c.metric),
                        .patience = c.patience,
                        .min_delta = static_cast<double>(c.min_delta)});
}

/// The value of a metric that a config names; nothing where this epoch has none.
std::optional<double> value_of(const std::string& metric, const EpochMetrics& m) {
  if (metric == "val_ap") return m.val_ap;
  if (metric == "train_loss")
    return m.confidence_loss + m.location_loss + m.landmark_loss.value_or(0);
  if (!m.val_confidence_loss) return std::nullopt;
  return *m.val_confidence_loss + *m.val_location_loss + m.val_landmark_loss.value_or(0);
}

/// One run. Everything that a later step depends on is in `position_` (saved in checkpoints) or is
/// a function of the config.
class Trainer {
 public:
  Trainer(Config config, std::filesystem::path dir, const TrainCallbacks& callbacks,
          const std::atomic<bool>& stop)
      : config_(std::move(config)),
        dir_(std::move(dir)),
        callbacks_(callbacks),
        stop_(stop),
        threads_(config_.train.threads > 0
                     ? config_.train.threads
                     : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))),
        data_(load_training_data(config_)),
        loader_(data_.train, config_.data.weights, loader_options(config_), config_.augment),
        network_(make_network(config_.model), config_.train.seed),
        frozen_(frozen_layers(network_.spec(), config_.freeze.parts)),
        optimizer_(network_, config_.train),
        plateau_(make_plateau(config_.train.plateau)),
        early_stopping_(make_early_stopping(config_.train.early_stopping)) {
    if (config_.train.ema_decay > 0) ema_.emplace(network_, config_.train.ema_decay);
    torch::set_num_threads(threads_);
    const int size = config_.augment.size;
    priors_ = make_prior_grid(network_.spec().priors, size, size,
                              feature_sizes(network_.spec(), size, size));
  }

  /// The weights of a new run. @return what init.json is to hold; empty without model.init.file
  std::string init() {
    if (config_.init.file.empty()) {
      if (!frozen_.empty()) note("what is frozen keeps random weights: model.init.file names none");
      return "";
    }
    Weights weights = network_.weights();
    const MatchReport report = init_weights(weights, config_.init);
    network_.load(weights);
    if (ema_) ema_->network().load(weights);
    note("weights from " + config_.init.file);
    std::istringstream table(report_table(report));
    for (std::string line; std::getline(table, line);) note(line);
    note_random(report);
    return report_json(report) + "\n";
  }

  void restore(const Checkpoint& checkpoint) {
    network_.load(checkpoint.model);
    if (ema_) ema_->network().load(checkpoint.ema);
    position_ = {checkpoint.counters.at("epoch"),       checkpoint.counters.at("batch"),
                 checkpoint.counters.at("step"),        checkpoint.scalars.at("confidence_sum"),
                 checkpoint.scalars.at("location_sum"), checkpoint.scalars.at("best_ap")};
    if (has_landmarks(network_.spec()))
      position_.landmark_sum = checkpoint.scalars.at("landmark_sum");
    optimizer_.load({checkpoint.optimizer, checkpoint.optimizer_steps});
    if (plateau_) plateau_->load(checkpoint.scalars);
    if (early_stopping_) early_stopping_->load(checkpoint.scalars);
    const auto ended = checkpoint.scalars.find("ended_early");
    ended_early_ = ended != checkpoint.scalars.end() && ended->second != 0;
  }

  /// Looks at the first batches' faces. @throws Error(invalid_argument) if hardly any is covered
  void check_priors() {
    constexpr int images = 256;
    std::vector<std::vector<Annotation>> faces;
    loader_.start(0);
    while (faces.size() < images && loader_.next(batch_))
      faces.insert(faces.end(), batch_.annotations.begin(), batch_.annotations.end());
    const std::string text = coverage_note(
        prior_coverage(priors_.priors, faces, static_cast<double>(config_.loss.match.iou)));
    if (!text.empty()) note(text);
  }

  TrainOutcome run() {
    note(std::to_string(data_.train_images()) + " training images, " +
         std::to_string(data_.val.records.size()) + " validation images, " +
         std::to_string(parameter_count(network_.spec())) + " parameters, " +
         std::to_string(priors_.priors.size()) + " priors, " + std::to_string(threads_) +
         " threads");
    MetricsLog log(dir_, static_cast<int>(position_.epoch));
    const std::int64_t batches = static_cast<std::int64_t>(loader_.batches_per_epoch());
    run_start_ = Clock::now();
    run_first_step_ = position_.step;
    while (position_.epoch < config_.train.epochs && !ended_early_) {
      const auto epoch_start = Clock::now();
      const double waited_before = loader_.waited_seconds();
      const std::int64_t first_batch = position_.batch;
      freeze();
      loader_.start(static_cast<std::uint32_t>(position_.epoch),
                    static_cast<std::size_t>(first_batch));
      while (position_.batch < batches) {
        step(batches);
        if (stop_ || out_of_time()) {
          save("last.pt");
          return {false, static_cast<int>(position_.epoch), position_.best_ap};
        }
        const int every = config_.train.checkpoint_every;
        if (every > 0 && position_.step % every == 0 && position_.batch < batches) save("last.pt");
      }
      finish_epoch(log, batches, batches - first_batch, seconds_since(epoch_start),
                   loader_.waited_seconds() - waited_before);
    }
    return {true, static_cast<int>(position_.epoch), position_.best_ap};
  }

 private:
  struct Position {
    std::int64_t epoch = 0;                       ///< done
    std::int64_t batch = 0;                       ///< done in the current epoch
    std::int64_t step = 0;                        ///< done in all
    double confidence_sum = 0, location_sum = 0;  ///< over the batches of the epoch
    double best_ap = -1;
    double landmark_sum = 0;  ///< as the other sums
  };

  void note(const std::string& text) const {
    if (callbacks_.on_note) callbacks_.on_note(text);
  }

  /// A metric of networks with landmarks only.
  [[nodiscard]] std::optional<double> landmark_loss(double value) const {
    return has_landmarks(network_.spec()) ? std::optional(value) : std::nullopt;
  }

  /// Says so where something is frozen that the file did not have.
  void note_random(const MatchReport& report) const {
    std::vector<std::string> names = report.missing;
    for (const auto& wrong : report.wrong_shape) names.push_back(wrong.name);
    std::erase_if(names, [&](const std::string& name) {
      return !frozen_.contains(name.substr(0, name.rfind('.')));
    });
    if (!names.empty())
      note(std::to_string(names.size()) + " of the frozen parameters keep random values, as '" +
           names.front() + "'");
  }

  [[nodiscard]] std::int64_t frozen_parameters() const {
    std::int64_t count = 0;
    for (const auto& [name, tensor] : network_.parameters())
      if (!tensor.requires_grad()) count += tensor.numel();
    return count;
  }

  /// Depends on nothing but the epoch, so that a resumed run freezes what the whole run would.
  void freeze() {
    const int until = config_.train.unfreeze_epoch;
    const bool over = until > 0 && position_.epoch >= until;
    network_.freeze(over ? std::set<std::string>() : frozen_, config_.freeze.batch_norm);
    if (frozen_.empty() || position_.batch > 0) return;
    if (!over && position_.epoch == 0)
      note("frozen: " + std::to_string(frozen_parameters()) + " parameters");
    if (over && position_.epoch == until) note("nothing is frozen any more");
  }

  /// Of this start or resume of the run.
  [[nodiscard]] bool out_of_time() const {
    const double limit = 60 * static_cast<double>(config_.train.time_limit);
    return limit > 0 && seconds_since(run_start_) > limit;
  }

  [[nodiscard]] double rate_of(std::int64_t batches, std::int64_t step) const {
    const double scheduled = learning_rate(config_.train, batches, step);
    return plateau_ ? plateau_->apply(scheduled) : scheduled;
  }

  /// Lets plateau and early stopping see the epoch's metrics.
  void judge(const EpochMetrics& metrics) {
    if (plateau_)
      if (const auto value = value_of(config_.train.plateau.metric, metrics);
          value && plateau_->update(*value))
        note(config_.train.plateau.metric + " no longer improves: the learning rate drops");
    if (early_stopping_)
      if (const auto value = value_of(config_.train.early_stopping.metric, metrics);
          value && early_stopping_->update(*value)) {
        ended_early_ = true;
        note(config_.train.early_stopping.metric + " no longer improves: the run ends");
      }
  }

  void step(std::int64_t batches) {
    if (!loader_.next(batch_))
      throw Error(ErrorCode::format, "the loader ran out of batches before the epoch's end");
    const double rate = rate_of(batches, position_.step);
    NetworkOutput output;
    {
      const AutocastGuard autocast(config_.train.precision);
      output =
          network_.forward(make_input(batch_.pixels.data(), batch_.count, batch_.size, batch_.size,
                                      network_.spec().input, config_.train.precision));
    }
    const torch::Tensor loc = output.loc.contiguous();
    const torch::Tensor conf = output.conf.contiguous();
    const torch::Tensor landmarks =
        output.landmarks.defined() ? output.landmarks.contiguous() : output.landmarks;
    try {
      multibox_loss(values_of(loc), values_of(conf), values_of(landmarks), priors_,
                    network_.spec().priors.variances, batch_.annotations,
                    network_.spec().classes.size(), config_.loss, threads_, loss_);
    } catch (const Error&) {
      // It has looked at every number already; only now is it worth asking whether that was it.
      for (const torch::Tensor& part : {loc, conf, landmarks})
        if (part.defined() && !torch::isfinite(part).all().item<bool>()) report_divergence();
      throw;
    }
    optimizer_.zero_grad();
    std::vector<torch::Tensor> outputs{loc, conf};
    std::vector<torch::Tensor> gradients{
        torch::from_blob(loss_.loc_gradient.data(), loc.sizes()),
        torch::from_blob(loss_.conf_gradient.data(), conf.sizes())};
    if (landmarks.defined()) {
      outputs.push_back(landmarks);
      gradients.push_back(torch::from_blob(loss_.landmark_gradient.data(), landmarks.sizes()));
    }
    torch::autograd::backward(outputs, gradients);
    if (config_.train.clip_norm > 0) {
      std::vector<torch::Tensor> tensors;
      for (const auto& [name, tensor] : network_.parameters()) tensors.push_back(tensor);
      torch::nn::utils::clip_grad_norm_(tensors, static_cast<double>(config_.train.clip_norm));
    }
    optimizer_.step(rate);
    if (ema_) ema_->update(network_, position_.step);
    ++position_.step;
    ++position_.batch;
    position_.confidence_sum += loss_.confidence;
    position_.location_sum += loss_.location;
    position_.landmark_sum += loss_.landmarks;
    report(batches, rate);
  }

  /// Stops a run whose network gives no numbers any more, with the batch for the user to look at.
  [[noreturn]] void report_divergence() const {
    std::vector<std::string> sources;
    for (const std::uint32_t record : batch_.records) {
      std::size_t at = record;
      auto set = data_.train.begin();
      while (at >= set->records.size()) at -= (set++)->records.size();
      sources.push_back((set->images_dir / set->records[at].image).string());
    }
    dump_batch(batch_, sources, dir_ / "diverged");
    throw Error(ErrorCode::format,
                "training has diverged: the network's output is not finite in epoch " +
                    std::to_string(position_.epoch + 1) + ", batch " +
                    std::to_string(position_.batch + 1) + "; its images are in " +
                    (dir_ / "diverged").string() +
                    ". Lower train.learning_rate or train.clip_norm; last.pt is from before");
  }

  void report(std::int64_t batches, double rate) const {
    if (!callbacks_.on_step) return;
    const double elapsed = seconds_since(run_start_);
    const auto done = static_cast<double>(position_.step - run_first_step_);
    const auto left = static_cast<double>(batches * config_.train.epochs - position_.step);
    const auto in_epoch = static_cast<double>(position_.batch);
    callbacks_.on_step({static_cast<int>(position_.epoch) + 1, config_.train.epochs,
                        position_.batch, batches, position_.confidence_sum / in_epoch,
                        position_.location_sum / in_epoch,
                        landmark_loss(position_.landmark_sum / in_epoch), rate,
                        done * config_.train.batch_size / elapsed, left * elapsed / done});
  }

  void finish_epoch(MetricsLog& log, std::int64_t batches, std::int64_t batches_now, double seconds,
                    double waited) {
    EpochMetrics metrics;
    metrics.epoch = static_cast<int>(position_.epoch) + 1;
    metrics.confidence_loss = position_.confidence_sum / static_cast<double>(batches);
    metrics.location_loss = position_.location_sum / static_cast<double>(batches);
    metrics.landmark_loss = landmark_loss(position_.landmark_sum / static_cast<double>(batches));
    metrics.learning_rate = rate_of(batches, position_.step - 1);
    metrics.images_per_second =
        static_cast<double>(batches_now * config_.train.batch_size) / seconds;
    metrics.waiting_share = waited / seconds;

    const bool last = metrics.epoch == config_.train.epochs;
    bool best = false;
    if (!data_.val.records.empty() && (last || metrics.epoch % config_.train.validate_every == 0)) {
      note("validating on " + std::to_string(data_.val.records.size()) + " images");
      const auto result =
          validate_network(ema_ ? ema_->network() : network_, data_.val, config_, threads_);
      metrics.val_confidence_loss = result.confidence_loss;
      metrics.val_location_loss = result.location_loss;
      metrics.val_ap = result.ap;
      metrics.val_landmark_loss = landmark_loss(result.landmark_loss);
      metrics.val_landmark_error = result.landmark_error;
      best = result.ap > position_.best_ap;
      if (best) position_.best_ap = result.ap;
    }
    ++position_.epoch;
    position_.batch = 0;
    position_.confidence_sum = position_.location_sum = position_.landmark_sum = 0;
    judge(metrics);
    // Best before last: killed between the two, the resumed run validates and writes it again.
    if (best || (data_.val.records.empty() && (last || ended_early_))) save("best.pt");
    log.append(metrics);
    save("last.pt");
    if (callbacks_.on_epoch) callbacks_.on_epoch(metrics, best);
  }

  void save(const char* name) {
    Checkpoint checkpoint;
    checkpoint.config = to_toml(config_);
    checkpoint.model = network_.weights();
    if (ema_) checkpoint.ema = ema_->network().weights();
    OptimizerState state = optimizer_.state();
    checkpoint.optimizer = std::move(state.arrays);
    checkpoint.optimizer_steps = std::move(state.steps);
    checkpoint.counters = {
        {"epoch", position_.epoch}, {"batch", position_.batch}, {"step", position_.step}};
    checkpoint.scalars = {{"confidence_sum", position_.confidence_sum},
                          {"location_sum", position_.location_sum},
                          {"best_ap", position_.best_ap}};
    if (has_landmarks(network_.spec())) checkpoint.scalars["landmark_sum"] = position_.landmark_sum;
    if (plateau_) checkpoint.scalars.merge(plateau_->state());
    if (early_stopping_) checkpoint.scalars.merge(early_stopping_->state());
    if (ended_early_) checkpoint.scalars["ended_early"] = 1;
    save_checkpoint(dir_ / name, checkpoint);
  }

  Config config_;
  std::filesystem::path dir_;
  const TrainCallbacks& callbacks_;
  const std::atomic<bool>& stop_;
  int threads_;
  TrainingData data_;
  Loader loader_;
  TorchNetwork network_;
  std::set<std::string> frozen_;  ///< layers that do not learn before train.unfreeze_epoch is over
  Optimizer optimizer_;
  std::optional<Plateau> plateau_;
  std::optional<EarlyStopping> early_stopping_;
  bool ended_early_ = false;
  std::optional<Ema> ema_;
  PriorGrid priors_;
  Position position_;
  Batch batch_;
  MultiboxResult loss_;
  Clock::time_point run_start_;
  std::int64_t run_first_step_ = 0;
};

}  // namespace

TrainOutcome start_training(const Config& config, const std::filesystem::path& dir,
                            const TrainCallbacks& callbacks, const std::atomic<bool>& stop) {
  if (std::filesystem::exists(dir / "last.pt"))
    throw Error(ErrorCode::invalid_argument, "'" + dir.string() +
                                                 "' already holds a run; go on with --resume " +
                                                 dir.string() + " or choose another --out");
  Trainer trainer(config, dir, callbacks, stop);  // before the folder is made: a bad config or
                                                  // data set leaves nothing behind
  const std::string init_json = trainer.init();   // the same for weights that do not fit
  trainer.check_priors();
  make_folder(dir);
  write_file_atomically(dir / "config.toml", to_toml(config));
  if (!init_json.empty()) write_file_atomically(dir / "init.json", init_json);
  return trainer.run();
}

TrainOutcome resume_training(const std::filesystem::path& dir, const TrainCallbacks& callbacks,
                             const std::atomic<bool>& stop) {
  const auto file = dir / "last.pt";
  if (!std::filesystem::exists(file))
    throw Error(ErrorCode::not_found, "there is no last.pt in '" + dir.string() +
                                          "': nothing to resume; start with faceshot train CONFIG");
  const Checkpoint checkpoint = load_checkpoint(file);
  Trainer trainer(parse_config(checkpoint.config, file.string()), dir, callbacks, stop);
  trainer.restore(checkpoint);
  return trainer.run();
}

}  // namespace faceshot
