#include "runs/run_history.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "base/toml.hpp"
#include "faceshot/error.hpp"
#include "support/line_chart.hpp"

namespace faceshot::runs {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  std::string field;
  while (std::getline(in, field, ',')) fields.push_back(field);
  if (!line.empty() && line.back() == ',') fields.emplace_back();
  return fields;
}

double number(const std::string& text, const std::string& place) {
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  if (text.empty() || end != text.data() + text.size())
    throw Error(ErrorCode::format, place + ": '" + text + "' is not a number");
  return value;
}

void read_metrics(const fs::path& file, RunHistory& run) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw Error(ErrorCode::not_found, "'" + file.parent_path().string() +
                                          "' is not a training run: it has no metrics.csv; give a "
                                          "folder used as faceshot train --out");
  std::string line;
  std::getline(in, line);
  const auto columns = split(line);
  if (columns.empty() || columns.front() != "epoch")
    throw Error(ErrorCode::format, file.string() + ":1: the first column must be epoch");
  for (std::size_t i = 1; i < columns.size(); ++i)
    run.metrics.emplace_back(columns[i], MetricCurve());
  for (int at = 2; std::getline(in, line); ++at) {
    if (line.empty()) continue;
    const std::string place = file.string() + ":" + std::to_string(at);
    const auto fields = split(line);
    if (fields.size() != columns.size())
      throw Error(ErrorCode::format, place + ": has " + std::to_string(fields.size()) +
                                         " fields, not " + std::to_string(columns.size()));
    const double epoch = number(fields[0], place);
    for (std::size_t i = 1; i < fields.size(); ++i)
      if (!fields[i].empty())
        run.metrics[i - 1].second.emplace_back(epoch, number(fields[i], place));
    run.epochs = static_cast<int>(epoch);
  }
}

void flatten(const toml::table& table, const std::string& prefix,
             std::map<std::string, std::string>& values) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* const inner = node.as_table()) {
      flatten(*inner, name + ".", values);
      continue;
    }
    std::ostringstream text;
    node.visit([&text](const auto& value) { text << value; });
    values[name] = text.str();
  }
}

void read_config(const fs::path& file, RunHistory& run) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  try {
    flatten(toml::parse_file(file.string()), "", run.config);
  } catch (const toml::parse_error& e) {
    throw Error(ErrorCode::format, file.string() + ":" + std::to_string(e.source().begin.line) +
                                       ": " + std::string(e.description()));
  }
}

std::optional<std::pair<int, double>> highest(const RunHistory& run, const char* metric) {
  const MetricCurve* const curve = run.find(metric);
  if (curve == nullptr || curve->empty()) return std::nullopt;
  const auto best =
      std::max_element(curve->begin(), curve->end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return std::pair(static_cast<int>(best->first), best->second);
}

}  // namespace

const MetricCurve* RunHistory::find(const std::string& metric) const {
  for (const auto& [column, curve] : metrics)
    if (column == metric) return &curve;
  return nullptr;
}

RunHistory read_run(const fs::path& dir) {
  RunHistory run;
  const fs::path normal = fs::absolute(dir).lexically_normal();
  run.name = (normal.has_filename() ? normal : normal.parent_path()).filename().string();
  read_metrics(dir / "metrics.csv", run);
  read_config(dir / "config.toml", run);
  run.best_ap = highest(run, "val_ap");
  run.best_ap_mean = highest(run, "val_ap_mean");
  return run;
}

std::vector<fs::path> list_runs(const fs::path& dir) {
  std::error_code failed;
  if (!fs::is_directory(dir, failed))
    throw Error(ErrorCode::not_found, "there is no folder '" + dir.string() + "'");
  std::vector<fs::path> runs;
  if (fs::exists(dir / "metrics.csv")) runs.push_back(dir);
  for (const auto& entry : fs::directory_iterator(dir))
    if (entry.is_directory() && fs::exists(entry.path() / "metrics.csv"))
      runs.push_back(entry.path());
  std::sort(runs.begin(), runs.end());
  return runs;
}

std::vector<std::pair<std::string, std::vector<std::string>>> config_differences(
    std::span<const RunHistory> runs) {
  std::set<std::string> keys;
  for (const RunHistory& run : runs)
    for (const auto& [key, value] : run.config) keys.insert(key);
  std::vector<std::pair<std::string, std::vector<std::string>>> differences;
  for (const std::string& key : keys) {
    std::vector<std::string> values;
    for (const RunHistory& run : runs) {
      const auto found = run.config.find(key);
      values.push_back(found == run.config.end() ? "" : found->second);
    }
    if (std::any_of(values.begin(), values.end(), [&](const auto& v) { return v != values[0]; }))
      differences.emplace_back(key, std::move(values));
  }
  return differences;
}

std::string runs_svg(std::span<const RunHistory> runs) {
  if (runs.empty()) throw Error(ErrorCode::invalid_argument, "there are no runs to plot");
  struct Wanted {
    const char* metric;
    const char* title;
    bool falls;  ///< its curves end low, so the legend goes to the upper right
  };
  constexpr Wanted wanted[] = {{"val_ap_mean", "Validation AP, mean over heights", false},
                               {"val_ap", "Validation AP, all faces", false},
                               {"val_false_alarms", "False positives per image", true},
                               {"confidence_loss", "Classification loss", true},
                               {"location_loss", "Location loss", true},
                               {"negative_log_likelihood", "Negative log-likelihood", true},
                               {"learning_rate", "Learning rate", true}};
  constexpr std::size_t most_lines = 8;
  std::vector<support::LineChart> charts;
  for (const auto& [metric, title, falls] : wanted) {
    support::LineChart chart;
    chart.title = title;
    chart.x_label = "epoch";
    chart.legend_below = !falls;
    bool any = false;
    for (const RunHistory& run : runs) {
      const MetricCurve* const curve = run.find(metric);
      chart.lines.push_back({run.name, curve == nullptr ? MetricCurve() : *curve});
      any = any || (curve != nullptr && !curve->empty());
      // Training and validation belong in one chart: where they diverge, overfitting begins.
      const MetricCurve* const validation = run.find("val_" + std::string(metric));
      if (validation != nullptr && !validation->empty() && 2 * runs.size() <= most_lines)
        chart.lines.push_back({run.name + ", validation", *validation});
    }
    if (any) charts.push_back(std::move(chart));
  }
  if (charts.empty())
    throw Error(ErrorCode::invalid_argument, "the runs have no finished epoch to plot yet");
  return support::line_charts_svg(charts, 2);
}

}  // namespace faceshot::runs
