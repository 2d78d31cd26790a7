#include "train/validation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "train/callbacks/callback_table.hpp"
#include "train/distributed/rank0_work.hpp"
#include "train/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot {
namespace {

/// By rank 0; the others learn the numbers.
ValidationResult validate(TrainingRun& run) {
  ValidationResult r;
  const auto work = [&](const std::function<void()>& alive) {
    r = validate_network(run.evaluated_network(), run.data.val, run.config, run.threads, alive);
  };
  if (!run.group) {
    work({});
    return r;
  }
  work_on_rank0(*run.group, work);
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::array<double, 6> numbers{
      r.confidence_loss, r.location_loss,           r.ap,
      r.landmark_loss,   r.negative_log_likelihood, r.landmark_error.value_or(none)};
  run.group->broadcast(numbers);
  r.confidence_loss = numbers[0];
  r.location_loss = numbers[1];
  r.ap = numbers[2];
  r.landmark_loss = numbers[3];
  r.negative_log_likelihood = numbers[4];
  if (!std::isnan(numbers[5])) r.landmark_error = numbers[5];
  return r;
}

class Validation : public Callback {
 public:
  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    run.validation.reset();
    if (run.is_over() || metrics.epoch % run.config.train.validate_every == 0)
      validate_into(run, metrics);
  }
  void on_start_weights(TrainingRun& run, EpochMetrics& metrics) override {
    validate_into(run, metrics);
  }

 private:
  static void validate_into(TrainingRun& run, EpochMetrics& metrics) {
    run.note("validating on " + std::to_string(run.data.val.records.size()) + " images");
    run.validation = validate(run);
    const ValidationResult& result = *run.validation;
    metrics.val_confidence_loss = result.confidence_loss;
    metrics.val_location_loss = result.location_loss;
    metrics.val_negative_log_likelihood = result.negative_log_likelihood;
    metrics.val_ap = result.ap;
    run.best_ap = std::max(run.best_ap, result.ap);
    metrics.val_landmark_loss = run.landmark_metric(result.landmark_loss);
    metrics.val_landmark_error = result.landmark_error;
  }
};

}  // namespace

std::unique_ptr<Callback> make_validation(const TrainingRun& run) {
  return run.data.val.records.empty() ? nullptr : std::make_unique<Validation>();
}

}  // namespace faceshot
