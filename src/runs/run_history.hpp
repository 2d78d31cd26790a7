// What a training run left behind: its metrics epoch by epoch, and its config.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace faceshot::runs {

/// A column of metrics.csv over the epochs; epochs without a value are left out.
using MetricCurve = std::vector<std::pair<double, double>>;

struct RunHistory {
  std::string name;                                          ///< of the folder
  int epochs = 0;                                            ///< done
  std::vector<std::pair<std::string, MetricCurve>> metrics;  ///< by column, in the file's order
  std::map<std::string, std::string> config;                 ///< "train.epochs" -> "60"
  std::optional<std::pair<int, double>> best_ap;             ///< epoch and value of val_ap
  std::optional<std::pair<int, double>> best_ap_mean;        ///< the same of val_ap_mean

  /// @return nothing if there is no such column
  [[nodiscard]] const MetricCurve* find(const std::string& metric) const;
};

/// Reads DIR/metrics.csv and, if it is there, DIR/config.toml. Thread safe.
/// @throws Error(not_found) if `dir` is not a run; Error(format) "FILE:LINE: what"
[[nodiscard]] RunHistory read_run(const std::filesystem::path& dir);

/// Folders below `dir` (or `dir` itself) that hold a metrics.csv, sorted.
/// @throws Error(not_found) if `dir` is not there
[[nodiscard]] std::vector<std::filesystem::path> list_runs(const std::filesystem::path& dir);

/// Config keys in which the runs differ, with the value of each ("" where a run has none).
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> config_differences(
    std::span<const RunHistory> runs);

/// The runs' losses, validation AP and learning rate over the epochs, a chart each, as SVG. Metrics
/// that none of the runs has are left out.
/// @throws Error(invalid_argument) for no runs, or more than can be told apart (8)
[[nodiscard]] std::string runs_svg(std::span<const RunHistory> runs);

}  // namespace faceshot::runs
