#include "evaluate/report/comparison_report.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace faceshot::evaluate {

std::string verdict_of(const ComparisonReport& report, const ComparedFigure& figure) {
  const PairedDifference& d = figure.of;
  if (d.difference() == 0) return figure.name + ": the same";
  const std::string& better = d.difference() > 0 ? report.b : report.a;
  const double low = d.difference() > 0 ? d.low : -d.high;
  const double high = d.difference() > 0 ? d.high : -d.low;
  return fmt::format(
      "{}: {} is better by {:.4f} ({:.4f} to {:.4f}); {}", figure.name, better,
      std::abs(d.difference()), low, high,
      d.is_real() ? fmt::format("the difference is real (p = {:.3f})", d.chance)
      : d.is_small()
          ? std::string("too small to matter")
          : fmt::format("it may be due to the choice of photographs (p = {:.2f})", d.chance));
}

std::string comparison_table(const ComparisonReport& report) {
  std::size_t width = 6;
  for (const ComparedFigure& f : report.figures) width = std::max(width, f.name.size());
  std::string text =
      fmt::format("a: {}\nb: {}\n\n{:<{}}       a       b    b - a        interval        p\n",
                  report.a, report.b, "figure", width);
  for (const ComparedFigure& f : report.figures)
    text += fmt::format("{:<{}}  {:.4f}  {:.4f}  {:+.4f}  {:+.4f} to {:+.4f}  {:.3f}{}\n", f.name,
                        width, f.of.a, f.of.b, f.of.difference(), f.of.low, f.of.high, f.of.chance,
                        f.of.is_real() ? "  real" : "");
  text += fmt::format(
      "\nPaired bootstrap over {} images, {} samples; a difference is real if p < {} and it is at "
      "least {}.\n",
      report.images, report.bootstrap.samples, real_difference, smallest_difference);
  return text;
}

support::Document comparison_document(const ComparisonReport& report) {
  support::Document document{"Comparison: " + report.a + " and " + report.b, report.lede, {}};
  support::DocumentSection summary{"summary", "Is the difference real?", {}};
  support::Table table{"a is " + report.a + ", b is " + report.b,
                       {"figure", "a", "b", "b - a", "", "p", "real"},
                       {}};
  table.columns[4] = fmt::format("{:g} % interval", 100 * report.bootstrap.confidence);
  for (const ComparedFigure& f : report.figures) {
    if (f.of.is_real()) table.marked.push_back(table.rows.size());
    table.rows.push_back({f.name, fmt::format("{:.4f}", f.of.a), fmt::format("{:.4f}", f.of.b),
                          fmt::format("{:+.4f}", f.of.difference()),
                          fmt::format("{:+.4f} to {:+.4f}", f.of.low, f.of.high),
                          fmt::format("{:.3f}", f.of.chance), f.of.is_real() ? "yes" : "no"});
  }
  summary.blocks.emplace_back(std::move(table));
  for (const ComparedFigure& f : report.figures)
    summary.blocks.emplace_back(support::Paragraph{verdict_of(report, f) + "."});
  summary.blocks.emplace_back(support::Paragraph{fmt::format(
      "Paired bootstrap over {} images, {} samples, seed {}: in each sample both detectors see the "
      "same photographs. p is the probability of so large a difference if there is none. A "
      "difference counts as real if p is below {} and it is at least {}.",
      report.images, report.bootstrap.samples, report.bootstrap.seed, real_difference,
      smallest_difference)});
  document.sections.push_back(std::move(summary));
  if (!report.charts.empty()) {
    document.sections.push_back({"curves", "Curves", {}});
    for (const support::CurveChart& chart : report.charts)
      document.sections.back().blocks.emplace_back(chart);
  }
  if (!report.tables.empty()) {
    document.sections.push_back({"parts", "By size, event and attribute", {}});
    for (const support::Table& parts : report.tables)
      document.sections.back().blocks.emplace_back(parts);
  }
  return document;
}

nlohmann::ordered_json comparison_json(const ComparisonReport& report) {
  nlohmann::ordered_json json{{"a", report.a},
                              {"b", report.b},
                              {"images", report.images},
                              {"samples", report.bootstrap.samples},
                              {"seed", report.bootstrap.seed},
                              {"confidence", report.bootstrap.confidence}};
  for (const ComparedFigure& f : report.figures)
    json["figures"][f.key] = {{"a", f.of.a},
                              {"b", f.of.b},
                              {"difference", f.of.difference()},
                              {"interval", {f.of.low, f.of.high}},
                              {"p", f.of.chance},
                              {"real", f.of.is_real()}};
  return json;
}

}  // namespace faceshot::evaluate
