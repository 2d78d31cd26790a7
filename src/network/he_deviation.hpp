// Standard deviation of a convolution's initial weights (He).
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace faceshot::network {

/// Standard deviation of He et al. 2015, scaled by fan-out, as in torchvision's MobileNet: also
/// correct for depthwise layers.
/// @param shape  of the weights: outputs, inputs of a group, height, width
[[nodiscard]] inline double he_deviation(const std::vector<std::int64_t>& shape) {
  const auto fan_out = static_cast<double>(shape[0] * shape[2] * shape[3]);
  const double groups_correction = shape[1] == 1 ? static_cast<double>(shape[0]) : 1.0;
  return std::sqrt(2.0 * groups_correction / fan_out);
}

}  // namespace faceshot::network
