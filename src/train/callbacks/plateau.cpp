#include "train/step/plateau.hpp"

#include "train/callbacks/callback_table.hpp"
#include "train/config/metric.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

class PlateauCallback : public Callback {
 public:
  explicit PlateauCallback(const PlateauConfig& c)
      : metric_(c.metric),
        plateau_({.maximize = grows(c.metric),
                  .factor = static_cast<double>(c.factor),
                  .patience = c.patience,
                  .threshold = static_cast<double>(c.threshold),
                  .cooldown = c.cooldown,
                  .min_rate = static_cast<double>(c.min_rate)}) {}

  [[nodiscard]] double adjust_rate(double rate) const override { return plateau_.apply(rate); }

  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    on_epoch(run, metrics);
  }
  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    if (const auto value = value_of(metric_, metrics); value && plateau_.update(*value))
      run.note(metric_ + " no longer improves: the learning rate drops");
  }

  void save(Checkpoint& into) const override { into.scalars.merge(plateau_.state()); }
  void load(const Checkpoint& from) override { plateau_.load(from.scalars); }

 private:
  std::string metric_;
  Plateau plateau_;
};

}  // namespace

std::unique_ptr<Callback> make_plateau(const TrainingRun& run) {
  const PlateauConfig& config = run.config.train.plateau;
  return config.metric == "none" ? nullptr : std::make_unique<PlateauCallback>(config);
}

}  // namespace faceshot::train
