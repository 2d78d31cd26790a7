#include "train/callbacks/callback_table.hpp"
#include "train/step/ema.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// Its state, the averages, is part of the run: validation and checkpoints use them.
class WeightAverage : public Callback {
 public:
  void on_step(TrainingRun& run) override { run.ema->update(*run.network, run.position.step - 1); }
};

}  // namespace

std::unique_ptr<Callback> make_weight_average(const TrainingRun& run) {
  return run.ema ? std::make_unique<WeightAverage>() : nullptr;
}

}  // namespace faceshot::train
