#include "tensorboard/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "faceshot/error.hpp"

namespace faceshot::tensorboard {
namespace {

/// Summary.Value with its tag.
SummaryValue tagged(std::string_view tag) {
  SummaryValue value;
  value.bytes(1, tag);
  return value;
}

/// SummaryMetadata with the plugin's name and its own message.
WireWriter metadata(std::string_view plugin, const WireWriter& content, std::uint64_t data_class) {
  WireWriter plugin_data;
  plugin_data.bytes(1, plugin).message(2, content);
  WireWriter result;
  result.message(1, plugin_data);
  if (data_class != 0) result.integer(4, data_class);
  return result;
}

constexpr std::uint64_t data_class_tensor = 2;

std::vector<double> positive_limits() {
  std::vector<double> limits;
  for (double limit = 1e-12; limit < 1e20; limit *= 1.1) limits.push_back(limit);
  limits.push_back(std::numeric_limits<double>::max());
  return limits;
}

/// Upper ends of the buckets, from the lowest double to the highest.
const std::vector<double>& bucket_limits() {
  static const std::vector<double> limits = [] {
    const auto positive = positive_limits();
    std::vector<double> all;
    for (auto it = positive.rbegin(); it != positive.rend(); ++it) all.push_back(-*it);
    all.push_back(0);
    all.insert(all.end(), positive.begin(), positive.end());
    return all;
  }();
  return limits;
}

}  // namespace

SummaryValue scalar_summary(std::string_view tag, double value) {
  SummaryValue result = tagged(tag);
  result.real32(2, static_cast<float>(value));
  return result;
}

SummaryValue image_summary(std::string_view tag, int width, int height, std::string_view encoded) {
  WireWriter image;
  image.integer(1, static_cast<std::uint64_t>(height))
      .integer(2, static_cast<std::uint64_t>(width))
      .integer(3, 3)  // RGB
      .bytes(4, encoded);
  SummaryValue result = tagged(tag);
  result.message(4, image);
  return result;
}

SummaryValue histogram_summary(std::string_view tag, std::span<const float> values) {
  const auto& limits = bucket_limits();
  std::vector<double> counts(limits.size());
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  double count = 0, sum = 0, squares = 0;
  for (const float given : values) {
    if (!std::isfinite(given)) continue;
    const auto value = static_cast<double>(given);
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value;
    squares += value * value;
    ++count;
    ++counts[static_cast<std::size_t>(std::upper_bound(limits.begin(), limits.end() - 1, value) -
                                      limits.begin())];
  }
  // Runs of empty buckets become one bucket, as in TensorFlow.
  std::vector<double> kept_limits, kept_counts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const bool next_is_empty = i + 1 < counts.size() && counts[i + 1] == 0;
    if (counts[i] == 0 && next_is_empty) continue;
    kept_limits.push_back(limits[i]);
    kept_counts.push_back(counts[i]);
  }
  WireWriter histogram;
  histogram.real(1, count > 0 ? low : 0)
      .real(2, count > 0 ? high : 0)
      .real(3, count)
      .real(4, sum)
      .real(5, squares)
      .packed(6, kept_limits)
      .packed(7, kept_counts);
  SummaryValue result = tagged(tag);
  result.message(5, histogram);
  return result;
}

SummaryValue pr_curve_summary(std::string_view tag, const PrCurveCounts& curve) {
  const std::size_t n = curve.recall.size();
  // Rows of the plugin's tensor. True negatives are not defined for detection.
  const std::vector<double> none(n, 0);
  const std::vector<double>* const rows[] = {
      &curve.true_positives,  &curve.false_positives, &none,
      &curve.false_negatives, &curve.precision,       &curve.recall};
  std::vector<float> values;
  for (const auto* row : rows) {
    if (row->size() != n)
      throw Error(ErrorCode::invalid_argument, "pr_curve: its rows differ in length");
    for (const double value : *row) values.push_back(static_cast<float>(value));
  }
  WireWriter shape;
  for (const std::size_t size : {std::size(rows), n}) {
    WireWriter dimension;
    dimension.integer(1, size);
    shape.message(2, dimension);
  }
  WireWriter tensor;
  tensor
      .integer(1, 1)  // DT_FLOAT
      .message(2, shape)
      .bytes(4, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
  WireWriter content;
  content.integer(1, 0).integer(2, n);  // version, num_thresholds
  SummaryValue result = tagged(tag);
  result.message(8, tensor).message(9, metadata("pr_curves", content, data_class_tensor));
  return result;
}

std::vector<SummaryValue> hyperparameter_summaries(const std::map<std::string, std::string>& texts,
                                                   const std::map<std::string, double>& numbers,
                                                   const std::vector<std::string>& metric_tags,
                                                   double start_seconds) {
  constexpr std::uint64_t type_string = 1, type_float = 3;  // hparams.DataType
  WireWriter experiment;
  WireWriter session;
  const auto add = [&](const std::string& name, std::uint64_t type, const WireWriter& value) {
    WireWriter info;
    info.bytes(1, name).integer(4, type);
    experiment.message(4, info);
    WireWriter entry;  // of the map hparams: name -> google.protobuf.Value
    entry.bytes(1, name).message(2, value);
    session.message(1, entry);
  };
  for (const auto& [name, text] : texts) add(name, type_string, WireWriter().bytes(3, text));
  for (const auto& [name, number] : numbers) add(name, type_float, WireWriter().real(2, number));
  for (const auto& tag : metric_tags) {
    WireWriter metric;
    metric.message(1, WireWriter().bytes(2, tag));  // MetricInfo.name = MetricName{group, tag}
    experiment.message(5, metric);
  }
  session.real(5, start_seconds);

  const auto value = [](std::string_view tag, int field, const WireWriter& message) {
    WireWriter content;
    content.message(field, message);
    SummaryValue result = tagged(tag);
    // The plugin reads only its metadata, but a summary must have a value: an empty tensor.
    WireWriter tensor;
    tensor.integer(1, 1).message(2, WireWriter());
    result.message(8, tensor).message(9, metadata("hparams", content, data_class_tensor));
    return result;
  };
  return {value("_hparams_/experiment", 2, experiment),
          value("_hparams_/session_start_info", 3, session)};
}

}  // namespace faceshot::tensorboard
