#include <chrono>

#include "train/callbacks/callback_table.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// Counts from this start or resume of the run.
class TimeLimit : public Callback {
 public:
  explicit TimeLimit(float minutes)
      : seconds_(60 * static_cast<double>(minutes)), start_(std::chrono::steady_clock::now()) {}

  void on_step(TrainingRun& run) override {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    if (passed.count() > seconds_) run.stop = true;
  }

 private:
  double seconds_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

std::unique_ptr<Callback> make_time_limit(const TrainingRun& run) {
  const float minutes = run.config.train.time_limit;
  return minutes > 0 ? std::make_unique<TimeLimit>(minutes) : nullptr;
}

}  // namespace faceshot::train
