// Distances between the numbers on a chart's axis.
#pragma once

#include <cmath>
#include <initializer_list>

namespace faceshot::support {

/// A step of 1, 2 or 5 times a power of ten that divides `extent` into `parts` parts or a few more.
/// @param extent, parts > 0
[[nodiscard]] inline double round_step(double extent, double parts) {
  const double power = std::pow(10, std::floor(std::log10(extent / parts)));
  for (const double factor : {5.0, 2.0})
    if (extent / (factor * power) >= parts - 0.001) return factor * power;
  return power;
}

}  // namespace faceshot::support
