// Curves as an SVG picture.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace faceshot::support {

struct ChartLine {
  std::string label;                              ///< for the legend; any UTF-8 text
  std::vector<std::pair<double, double>> points;  ///< x, y; non-finite ones are omitted
};

struct LineChart {
  std::string title, x_label, y_label;
  std::vector<ChartLine> lines;  ///< at most 8: as many as are distinguishable
  /// Limits of the axes; if not given, they cover all points and end at round numbers.
  std::optional<std::pair<double, double>> x_range, y_range;
  bool legend_below = false;  ///< in the lower left corner instead of the upper right
};

/// A stand-alone SVG document: the charts row by row, each 720 x 560 units with axes, grid and
/// legend. Thread safe.
/// @param columns >= 1
/// @throws Error(invalid_argument) for no charts, or more lines in one than are distinguishable
[[nodiscard]] std::string line_charts_svg(std::span<const LineChart> charts, int columns = 1);

}  // namespace faceshot::support
