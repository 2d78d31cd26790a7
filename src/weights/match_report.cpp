#include "weights/match_report.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace faceshot::weights {
namespace {

using Row = std::array<std::string, 4>;

/// Columns as wide as their widest cell, separated by two blanks.
std::string columns(const std::vector<Row>& rows) {
  std::array<std::size_t, 4> widths{};
  for (const Row& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c)
      line += row[c] + std::string(widths[c] - row[c].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string shape_text(const std::vector<std::int64_t>& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

std::string report_table(const MatchReport& report, bool all) {
  const auto count = [](const auto& list) { return std::to_string(list.size()); };
  const std::size_t wanted = report.matched.size() + report.wrong_shape.size() +
                             report.missing.size() + report.filled.size();
  std::string text = count(report.matched) + " of " + std::to_string(wanted) +
                     " parameters matched (names: " + report.map + "); " + count(report.missing) +
                     " missing, " + count(report.left_over) + " left over, " +
                     count(report.wrong_shape) + " of the wrong shape";
  if (!report.filled.empty()) text += ", " + count(report.filled) + " filled in";
  if (!report.unfolded.empty())
    text += "; " + count(report.unfolded) + " BatchNorm layers, folded in the file, restored";
  if (!report.grown.empty() || !report.branches.empty())
    text += "; " + count(report.grown) + " enlarged, " + count(report.branches) +
            " residual branches added";
  text += "\n";
  std::vector<Row> rows;
  for (const auto& c : report.classes)
    rows.push_back(
        {"class", c.name, c.from.empty() ? "-" : c.from, c.from.empty() ? "random" : ""});
  for (const auto& w : report.wrong_shape)
    rows.push_back({"wrong shape", w.name, w.foreign,
                    shape_text(w.found) + " instead of " + shape_text(w.wanted)});
  for (const auto& name : report.missing) rows.push_back({"missing", name, "-", ""});
  for (const auto& name : report.left_over) rows.push_back({"left over", "-", name, ""});
  for (const auto& name : report.filled)
    rows.push_back({"filled in", name, "-", name.ends_with("bias") ? "0" : "1"});
  if (all)
    for (const auto& g : report.grown)
      rows.push_back({"enlarged", g.name, g.name, shape_text(g.from) + " to " + shape_text(g.to)});
  if (all)
    for (const auto& m : report.matched)
      rows.push_back({"matched", m.name, m.foreign, shape_text(m.shape)});
  if (rows.empty()) return text;
  rows.insert(rows.begin(), {"", "network", "file", ""});
  return text + columns(rows);
}

std::string report_json(const MatchReport& report) {
  nlohmann::ordered_json matched = nlohmann::ordered_json::array();
  for (const auto& m : report.matched)
    matched.push_back({{"name", m.name}, {"foreign", m.foreign}, {"shape", m.shape}});
  nlohmann::ordered_json wrong = nlohmann::ordered_json::array();
  for (const auto& w : report.wrong_shape)
    wrong.push_back(
        {{"name", w.name}, {"foreign", w.foreign}, {"wanted", w.wanted}, {"found", w.found}});
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (const auto& c : report.classes) classes.push_back({{"name", c.name}, {"from", c.from}});
  nlohmann::ordered_json grown = nlohmann::ordered_json::array();
  for (const auto& g : report.grown)
    grown.push_back({{"name", g.name}, {"from", g.from}, {"to", g.to}});
  const nlohmann::ordered_json json{{"map", report.map},
                                    {"matched", matched},
                                    {"wrong_shape", wrong},
                                    {"missing", report.missing},
                                    {"left_over", report.left_over},
                                    {"filled", report.filled},
                                    {"unfolded", report.unfolded},
                                    {"classes", classes},
                                    {"grown", grown},
                                    {"branches", report.branches},
                                    {"counters", report.counters}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace faceshot::weights
