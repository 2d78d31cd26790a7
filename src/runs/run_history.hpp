// The records of a training run: its metrics by epoch, and its config.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace faceshot::runs {

/// A column of metrics.csv over the epochs; epochs without a value are omitted.
using MetricCurve = std::vector<std::pair<double, double>>;

struct RunHistory {
  std::string name;                                          ///< of the folder
  int epochs = 0;                                            ///< completed
  std::vector<std::pair<std::string, MetricCurve>> metrics;  ///< by column, in the file's order
  std::map<std::string, std::string> config;                 ///< "train.epochs" -> "60"
  std::optional<std::pair<int, double>> best_ap;             ///< epoch and value of val_ap
  std::optional<std::pair<int, double>> best_ap_mean;        ///< the same for val_ap_mean

  /// @return nothing if there is no such column
  [[nodiscard]] const MetricCurve* find(const std::string& metric) const;
};

/// Reads DIR/metrics.csv and DIR/config.toml, if it exists. Thread safe.
/// @throws Error(not_found) if `dir` is not a run; Error(format) "FILE:LINE: what"
[[nodiscard]] RunHistory read_run(const std::filesystem::path& dir);

/// Folders below `dir` (or `dir` itself) that contain a metrics.csv, sorted.
/// @throws Error(not_found) if `dir` does not exist
[[nodiscard]] std::vector<std::filesystem::path> list_runs(const std::filesystem::path& dir);

/// Config keys in which the runs differ, with each run's value ("" if it has none).
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> config_differences(
    std::span<const RunHistory> runs);

/// The runs' losses, validation AP and learning rate over the epochs, one chart each, as SVG.
/// Metrics that no run has are omitted.
/// @throws Error(invalid_argument) for no runs, or more than are distinguishable (8)
[[nodiscard]] std::string runs_svg(std::span<const RunHistory> runs);

}  // namespace faceshot::runs
