#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

#include "train/callbacks/callback_table.hpp"
#include "train/config/checkpoint_name.hpp"
#include "train/config/metric.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// best.pt by a metric, and a file every few epochs, of which the last few are kept.
class ModelCheckpoint : public Callback {
 public:
  explicit ModelCheckpoint(const TrainingRun& run)
      : options_(run.config.train.checkpoint),
        watches_(!run.data.val.records.empty() || !needs_validation(options_.best)),
        best_(grows(options_.best) ? -infinity : infinity) {}

  void on_start(TrainingRun& run) override { tell(run); }
  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    rate(run, metrics);
    if (metrics.best) run.save("best.pt");
  }
  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    rate(run, metrics);
    // Without a metric, the last weights are the best.
    if (metrics.best || (!watches_ && run.is_over())) run.save("best.pt");
    if (options_.epochs == 0 || metrics.epoch % options_.epochs != 0) return;
    run.save(checkpoint_name(options_.file, metrics.epoch));
    const int old = metrics.epoch - options_.keep * options_.epochs;
    if (options_.keep > 0 && old > 0) remove(run.dir / checkpoint_name(options_.file, old));
  }

  void save(Checkpoint& into) const override {
    if (std::isfinite(best_)) into.scalars["best"] = best_;
  }
  void load(const Checkpoint& from) override {
    if (const auto found = from.scalars.find("best"); found != from.scalars.end())
      best_ = found->second;
    // Written by runs that only knew AP as a metric; -1 meant none yet.
    else if (const double ap = from.scalars.at("best_ap"); options_.best == "val_ap" && ap >= 0)
      best_ = ap;
  }

 private:
  /// @param run its `best` is updated
  void tell(TrainingRun& run) const {
    if (std::isfinite(best_)) run.best = best_;
  }

  void rate(TrainingRun& run, EpochMetrics& metrics) {
    const auto value = value_of(options_.best, metrics);
    if (!value || !(grows(options_.best) ? *value > best_ : *value < best_)) return;
    best_ = *value;
    metrics.best = true;
    tell(run);
  }

  static constexpr double infinity = std::numeric_limits<double>::infinity();

  CheckpointConfig options_;
  bool watches_;  ///< the metric will be available
  double best_;
};

}  // namespace

std::unique_ptr<Callback> make_model_checkpoint(const TrainingRun& run) {
  return std::make_unique<ModelCheckpoint>(run);
}

}  // namespace faceshot::train
