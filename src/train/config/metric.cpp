#include "train/config/metric.hpp"

namespace faceshot::train {

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> names{"val_ap_mean",
                                              "val_ap_from_50px",
                                              "val_ap_from_30px",
                                              "val_ap_from_10px",
                                              "val_ap",
                                              "val_false_alarms",
                                              "val_loss",
                                              "val_confidence_loss",
                                              "val_location_loss",
                                              "val_landmark_error",
                                              "train_loss"};
  return names;
}

bool grows(std::string_view metric) { return metric.starts_with("val_ap"); }

bool needs_validation(std::string_view metric) { return metric.starts_with("val_"); }

bool needs_negatives(std::string_view metric) { return metric == "val_false_alarms"; }

std::optional<double> value_of(std::string_view metric, const EpochMetrics& m) {
  if (metric == "val_ap") return m.val_ap;
  if (metric == "val_ap_mean") return m.val_ap_mean;
  if (metric == "val_ap_from_50px") return m.val_ap_from_50px;
  if (metric == "val_ap_from_30px") return m.val_ap_from_30px;
  if (metric == "val_ap_from_10px") return m.val_ap_from_10px;
  if (metric == "val_false_alarms") return m.val_false_alarms;
  if (metric == "val_confidence_loss") return m.val_confidence_loss;
  if (metric == "val_location_loss") return m.val_location_loss;
  if (metric == "val_landmark_error") return m.val_landmark_error;
  if (metric == "train_loss" && m.start) return std::nullopt;
  if (metric == "train_loss")
    return m.confidence_loss + m.location_loss + m.landmark_loss.value_or(0);
  if (metric != "val_loss" || !m.val_confidence_loss) return std::nullopt;
  return *m.val_confidence_loss + *m.val_location_loss + m.val_landmark_loss.value_or(0);
}

}  // namespace faceshot::train
