// Precision-recall curves as an SVG picture.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace faceshot::evaluate {

/// One line of the picture. Views: they must outlive the call.
struct PrCurve {
  std::string_view label;             ///< for the legend; any UTF-8 text
  double ap = 0;                      ///< for the legend
  std::span<const double> recall;     ///< increasing, in [0, 1]
  std::span<const double> precision;  ///< same length; points before the first hit are omitted
};

/// A stand-alone SVG document, 720 x 560 units: axes from 0 to 1, grid, legend with APs.
/// @param curves at most as many as are distinguishable: 8
/// @throws Error(invalid_argument) for more curves, or different lengths
[[nodiscard]] std::string pr_curve_svg(std::string_view title, std::span<const PrCurve> curves);

}  // namespace faceshot::evaluate
