#include "train/callbacks/callback_table.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

class LastCheckpoint : public Callback {
 public:
  void on_step(TrainingRun& run) override {
    const int every = run.config.train.checkpoint_every;
    // The end of the epoch has its own.
    if (every > 0 && run.position.step % every == 0 && run.position.batch < run.batches())
      run.save("last.pt");
  }
  void on_start_weights(TrainingRun& run, EpochMetrics&) override { run.save("last.pt"); }
  void on_epoch(TrainingRun& run, EpochMetrics&) override { run.save("last.pt"); }
};

}  // namespace

std::unique_ptr<Callback> make_last_checkpoint() { return std::make_unique<LastCheckpoint>(); }

}  // namespace faceshot::train
