#include "evaluate/pr_curve.hpp"

#include <fmt/format.h>

#include "faceshot/error.hpp"
#include "support/line_chart.hpp"

namespace faceshot::evaluate {

std::string pr_curve_svg(std::string_view title, std::span<const PrCurve> curves) {
  support::LineChart chart;
  chart.title = title;
  chart.x_label = "Recall";
  chart.y_label = "Precision";
  chart.x_range = chart.y_range = std::pair(0.0, 1.0);
  chart.legend_below = true;  // where precision-recall curves rarely are
  for (const PrCurve& curve : curves) {
    if (curve.recall.size() != curve.precision.size())
      throw Error(ErrorCode::invalid_argument,
                  "pr_curve_svg: recall and precision differ in length");
    support::ChartLine line{fmt::format("{}  AP {:.4f}", curve.label, curve.ap), {}};
    for (std::size_t i = 0; i < curve.recall.size(); ++i)
      if (curve.recall[i] > 0) line.points.emplace_back(curve.recall[i], curve.precision[i]);
    chart.lines.push_back(std::move(line));
  }
  return support::line_charts_svg({&chart, 1});
}

}  // namespace faceshot::evaluate
