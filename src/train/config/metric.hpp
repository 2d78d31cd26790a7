// The metrics that a config can name: for plateau, early stopping and the best checkpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/record/metrics_log.hpp"

namespace faceshot::train {

/// val_ap_mean, val_ap_from_50px, val_ap_from_30px, val_ap_from_10px, val_ap, val_false_alarms,
/// val_loss, val_confidence_loss, val_location_loss, val_landmark_error, train_loss. A loss is the
/// sum of its parts: confidence, location and, if there are any, landmarks.
[[nodiscard]] const std::vector<std::string>& metric_names();

/// Whether larger is better: true for APs, false for losses, errors and false positives.
[[nodiscard]] bool grows(std::string_view metric);

/// Whether it requires a validation; the others are available after every epoch.
[[nodiscard]] bool needs_validation(std::string_view metric);

/// Whether it also requires data.negatives.
[[nodiscard]] bool needs_negatives(std::string_view metric);

/// @return nothing if this epoch has no such value
[[nodiscard]] std::optional<double> value_of(std::string_view metric, const EpochMetrics& metrics);

}  // namespace faceshot::train
