#include "train/record/metrics_log.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::train {
namespace {

constexpr const char* header =
    "epoch,confidence_loss,location_loss,learning_rate,images_per_second,waiting_share,"
    "val_confidence_loss,val_location_loss,val_ap,landmark_loss,val_landmark_loss,"
    "val_landmark_error,negative_log_likelihood,val_negative_log_likelihood,step,"
    "val_ap_mean,val_ap_from_50px,val_ap_from_30px,val_ap_from_10px,val_false_alarms";

std::string field(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "";
}

/// Names may contain the column separator.
std::string column_name(const std::string& class_name) {
  std::string name = ",val_ap." + class_name;
  std::replace_if(
      name.begin() + 1, name.end(), [](char c) { return c == ',' || c == '"' || c == '\n'; }, '_');
  return name;
}

/// Number of columns added after this row was written.
std::size_t missing(const std::string& row, const std::string& header) {
  const auto commas = [](std::string_view text) {
    return std::count(text.begin(), text.end(), ',');
  };
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(commas(header) - commas(row), 0));
}

}  // namespace

MetricsLog::MetricsLog(std::filesystem::path dir, int last_epoch,
                       const std::vector<std::string>& classes)
    : path_(std::move(dir) / "metrics.csv"),
      class_columns_(classes.size() > 1 ? classes.size() : 0) {
  std::string columns = header;
  for (std::size_t c = 0; c < class_columns_; ++c) columns += column_name(classes[c]);
  std::string kept = columns + "\n";
  std::ifstream in(path_);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line))
    if (std::atoi(line.c_str()) <= last_epoch && !line.empty())
      kept.append(line).append(missing(line, columns), ',').append("\n");
  in.close();
  support::write_file_atomically(path_, kept);
}

void MetricsLog::append(const EpochMetrics& m) {
  std::string row = std::to_string(m.epoch);
  const auto trained = [&](double value) { return m.start ? std::nullopt : std::optional(value); };
  const auto add = [&](std::initializer_list<std::optional<double>> values) {
    for (const auto& value : values) row.append(",").append(field(value));
  };
  add({trained(m.confidence_loss), trained(m.location_loss), trained(m.learning_rate),
       trained(m.images_per_second), trained(m.waiting_share), m.val_confidence_loss,
       m.val_location_loss, m.val_ap, m.landmark_loss, m.val_landmark_loss, m.val_landmark_error,
       trained(m.negative_log_likelihood), m.val_negative_log_likelihood});
  row.append(",").append(std::to_string(m.step));
  add({m.val_ap_mean, m.val_ap_from_50px, m.val_ap_from_30px, m.val_ap_from_10px,
       m.val_false_alarms});
  for (std::size_t c = 0; c < class_columns_; ++c)
    add({m.val_ap_by_class.empty() ? std::nullopt : std::optional(m.val_ap_by_class.at(c))});
  std::ofstream out(path_, std::ios::app);
  out << row << "\n";
  out.flush();
  if (!out) throw Error(ErrorCode::io, "cannot write '" + path_.string() + "'; is the disk full?");
}

}  // namespace faceshot::train
