#include "train/step/early_stopping.hpp"

#include "train/callbacks/callback_table.hpp"
#include "train/config/metric.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

class EarlyStoppingCallback : public Callback {
 public:
  explicit EarlyStoppingCallback(const EarlyStoppingConfig& c)
      : metric_(c.metric),
        restore_best_(c.restore_best),
        rule_({.maximize = grows(c.metric),
               .patience = c.patience,
               .min_delta = static_cast<double>(c.min_delta)}) {}

  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    on_epoch(run, metrics);
  }
  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    const auto value = value_of(metric_, metrics);
    if (!value || !rule_.update(*value)) return;
    run.ended_early = true;
    run.note(metric_ + " no longer improves: the run ends");
    if (!restore_best_ || !run.leads()) return;  // only the leader writes weights
    // The config guarantees that best.pt is the best by this metric. It is from an earlier epoch,
    // since this one ended the run.
    const Checkpoint best = load_checkpoint(run.dir / "best.pt");
    restore_weights(run, best);
    run.note("the weights are those of epoch " + std::to_string(best.counters.at("epoch")) +
             " again, the best");
  }

  void save(Checkpoint& into) const override { into.scalars.merge(rule_.state()); }
  void load(const Checkpoint& from) override { rule_.load(from.scalars); }

 private:
  std::string metric_;
  bool restore_best_;
  EarlyStopping rule_;
};

}  // namespace

std::unique_ptr<Callback> make_early_stopping(const TrainingRun& run) {
  const EarlyStoppingConfig& config = run.config.train.early_stopping;
  return config.metric == "none" ? nullptr : std::make_unique<EarlyStoppingCallback>(config);
}

}  // namespace faceshot::train
