#include "train/validation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "train/callbacks/callback_table.hpp"
#include "train/distributed/rank0_work.hpp"
#include "train/record/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot::train {
namespace {

/// An optional number, in the form that processes exchange.
double packed(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}
std::optional<double> unpacked(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

/// Done by rank 0; the others receive the numbers.
ValidationResult validate(TrainingRun& run) {
  ValidationResult r;
  const auto work = [&](const std::function<void()>& alive) {
    r = validate_network(run.evaluated_network(), run.data.val, run.data.negatives, run.config,
                         run.threads, alive);
  };
  if (!run.group) {
    work({});
    return r;
  }
  work_on_rank0(*run.group, work);
  evaluate::ApByHeight& heights = r.by_height;
  std::vector<double> numbers{r.confidence_loss,
                              r.location_loss,
                              r.ap,
                              r.landmark_loss,
                              r.negative_log_likelihood,
                              packed(r.landmark_error),
                              packed(r.false_alarms),
                              heights.mean,
                              heights.of[0].ap,
                              heights.of[1].ap,
                              heights.of[2].ap};
  constexpr std::size_t fixed = 11;
  const std::size_t classes = run.data.classes.size();
  r.ap_by_class.resize(classes);
  numbers.insert(numbers.end(), r.ap_by_class.begin(), r.ap_by_class.end());
  run.group->broadcast(numbers);
  std::copy_n(numbers.begin() + fixed, classes, r.ap_by_class.begin());
  r.confidence_loss = numbers[0];
  r.location_loss = numbers[1];
  r.ap = numbers[2];
  r.landmark_loss = numbers[3];
  r.negative_log_likelihood = numbers[4];
  r.landmark_error = unpacked(numbers[5]);
  r.false_alarms = unpacked(numbers[6]);
  heights.mean = numbers[7];
  for (std::size_t h = 0; h < heights.of.size(); ++h) heights.of[h].ap = numbers[8 + h];
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
    const std::size_t negatives = run.data.negatives.records.size();
    run.note("validating on " + std::to_string(run.data.val.records.size()) + " images" +
             (negatives > 0 ? " and " + std::to_string(negatives) + " without faces" : ""));
    run.validation = validate(run);
    const ValidationResult& result = *run.validation;
    metrics.val_confidence_loss = result.confidence_loss;
    metrics.val_location_loss = result.location_loss;
    metrics.val_negative_log_likelihood = result.negative_log_likelihood;
    metrics.val_ap = result.ap;
    const evaluate::ApByHeight& heights = result.by_height;
    static_assert(evaluate::face_heights == std::array{50, 30, 10});
    metrics.val_ap_mean = heights.mean;
    metrics.val_ap_from_50px = heights.of[0].ap;
    metrics.val_ap_from_30px = heights.of[1].ap;
    metrics.val_ap_from_10px = heights.of[2].ap;
    metrics.val_false_alarms = result.false_alarms;
    metrics.val_ap_by_class.clear();
    if (result.ap_by_class.size() > 1) metrics.val_ap_by_class = result.ap_by_class;
    run.best_ap = std::max(run.best_ap, result.ap);
    metrics.val_landmark_loss = run.landmark_metric(result.landmark_loss);
    metrics.val_landmark_error = result.landmark_error;
  }
};

}  // namespace

std::unique_ptr<Callback> make_validation(const TrainingRun& run) {
  return run.data.val.records.empty() ? nullptr : std::make_unique<Validation>();
}

}  // namespace faceshot::train
