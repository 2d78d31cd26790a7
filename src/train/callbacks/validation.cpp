#include "train/validation.hpp"

#include <algorithm>
#include <string>

#include "train/callbacks/callback_table.hpp"
#include "train/metrics_log.hpp"
#include "train/training_run.hpp"

namespace faceshot {
namespace {

class Validation : public Callback {
 public:
  void on_epoch(TrainingRun& run, EpochMetrics& metrics) override {
    run.validation.reset();
    if (!run.is_over() && metrics.epoch % run.config.train.validate_every != 0) return;
    run.note("validating on " + std::to_string(run.data.val.records.size()) + " images");
    run.validation =
        validate_network(run.evaluated_network(), run.data.val, run.config, run.threads);
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
