#include <chrono>

#include "train/callbacks/callback_table.hpp"
#include "train/record/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

class Progress : public Callback {
 public:
  explicit Progress(const TrainListener& listener) : listener_(listener) {}

  void on_start(TrainingRun& run) override {
    start_ = std::chrono::steady_clock::now();
    first_step_ = run.position.step;
  }

  void on_step(TrainingRun& run) override {
    if (!listener_.on_step) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const Position& p = run.position;
    const int epochs = run.config.train.epochs;
    const auto done = static_cast<double>(p.step - first_step_);
    const auto left = static_cast<double>(run.batches() * epochs - p.step);
    const auto in_epoch = static_cast<double>(run.batches_trained());
    listener_.on_step({static_cast<int>(p.epoch) + 1, epochs, p.batch, run.batches(), p.step,
                       p.confidence_sum / in_epoch, p.location_sum / in_epoch,
                       run.landmark_metric(p.landmark_sum / in_epoch), run.learning_rate,
                       done * static_cast<double>(run.batch_images()) / elapsed.count(),
                       left * elapsed.count() / done});
  }

  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    on_epoch(run, metrics);
    start_ = std::chrono::steady_clock::now();
  }
  void on_epoch(TrainingRun&, EpochMetrics& metrics) override {
    if (listener_.on_epoch) listener_.on_epoch(metrics);
  }

 private:
  const TrainListener& listener_;
  std::chrono::steady_clock::time_point start_;
  std::int64_t first_step_ = 0;
};

}  // namespace

std::unique_ptr<Callback> make_progress(const TrainListener& listener) {
  return std::make_unique<Progress>(listener);
}

}  // namespace faceshot::train
