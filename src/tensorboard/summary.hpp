// One value each for TensorBoard. Field numbers from TensorFlow's summary.proto and TensorBoard's
// plugins (scalar, image, histogram, pr_curve, hparams).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensorboard/wire_writer.hpp"

namespace faceshot::tensorboard {

/// A `Summary.Value`, to be written with EventFile::write. Slashes in a tag create groups.
using SummaryValue = WireWriter;

[[nodiscard]] SummaryValue scalar_summary(std::string_view tag, double value);

/// @param encoded a PNG or JPEG file of width x height pixels
[[nodiscard]] SummaryValue image_summary(std::string_view tag, int width, int height,
                                         std::string_view encoded);

/// The distribution of `values`, in buckets that grow by a tenth from 1e-12, in both directions,
/// like TensorFlow's. NaN and infinities are omitted.
[[nodiscard]] SummaryValue histogram_summary(std::string_view tag, std::span<const float> values);

/// Counts of a detector at thresholds from 0 to 1 in equal steps; all of the same length.
struct PrCurveCounts {
  std::vector<double> true_positives, false_positives, false_negatives;
  std::vector<double> precision, recall;
};

/// @throws Error(invalid_argument) if the lengths differ
[[nodiscard]] SummaryValue pr_curve_summary(std::string_view tag, const PrCurveCounts& curve);

/// The values that distinguish runs, for the page of hyperparameters: first an experiment that
/// lists them and the metrics, then this session's. @return values to be written together, once per
/// run
[[nodiscard]] std::vector<SummaryValue> hyperparameter_summaries(
    const std::map<std::string, std::string>& texts, const std::map<std::string, double>& numbers,
    const std::vector<std::string>& metric_tags, double start_seconds);

}  // namespace faceshot::tensorboard
