#include "engine/ops/resize_table.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

/// Position in the input for a position in the result. In single precision, like ONNX Runtime, so
/// that rounding agrees.
float source(Coordinates coordinates, std::int64_t at, std::int64_t input_size,
             const ResizeAxis& axis) {
  const auto x = static_cast<float>(at);
  switch (coordinates) {
    case Coordinates::half_pixel:
      return (x + 0.5F) / axis.scale - 0.5F;
    case Coordinates::pytorch_half_pixel:
      return axis.size > 1 ? (x + 0.5F) / axis.scale - 0.5F : 0.0F;
    case Coordinates::align_corners:
      return axis.size > 1
                 ? x * static_cast<float>(input_size - 1) / static_cast<float>(axis.size - 1)
                 : 0.0F;
    default:
      return x / axis.scale;
  }
}

float rounded(Rounding rounding, float x) {
  switch (rounding) {
    case Rounding::prefer_floor:
      return std::ceil(x - 0.5F);
    case Rounding::prefer_ceil:
      return std::floor(x + 0.5F);
    case Rounding::ceil:
      return std::ceil(x);
    default:
      return std::floor(x);
  }
}

}  // namespace

std::array<ResizeAxis, 4> resize_axes(const Node& node, const Shape& input,
                                      const std::vector<const Constant*>& parameters) {
  constexpr double largest = 1 << 20;
  const auto* const scales = parameters.size() > 1 ? parameters[1] : nullptr;
  const auto* const sizes = parameters.size() > 2 ? parameters[2] : nullptr;
  std::array<ResizeAxis, 4> axes;
  if (sizes != nullptr && !sizes->integers.empty()) {
    if (sizes->integers.size() != 4) reject(node, "needs four sizes");
    for (std::size_t d = 0; d < 4; ++d) {
      const std::int64_t size = sizes->integers[d];
      if (size < 1 || static_cast<double>(size) > largest) reject(node, "has an impossible size");
      axes[d] = {size, static_cast<float>(size) / static_cast<float>(input[d])};
    }
    return axes;
  }
  if (scales == nullptr || scales->floats.size() != 4) reject(node, "needs four scales");
  for (std::size_t d = 0; d < 4; ++d) {
    const float scale = scales->floats[d];
    const double size = std::floor(static_cast<double>(static_cast<float>(input[d]) * scale));
    if (!(size >= 1 && size <= largest)) reject(node, "has an impossible scale");
    axes[d] = {static_cast<std::int64_t>(size), scale};
    // ONNX's own tests differ here from ONNX Runtime and PyTorch.
    if (node.resize.coordinates == Coordinates::align_corners &&
        static_cast<double>(static_cast<float>(input[d]) * scale) != size)
      throw Error(ErrorCode::unsupported,
                  "network: node '" + node.name +
                      "' aligns corners at a fractional size; give sizes instead of scales");
  }
  return axes;
}

ResizeTable resize_table(const Resize& resize, std::int64_t input_size, const ResizeAxis& axis) {
  ResizeTable table;
  const auto last = static_cast<float>(input_size - 1);
  for (std::int64_t at = 0; at < axis.size; ++at) {
    float x = source(resize.coordinates, at, input_size, axis);
    if (!resize.linear) x = rounded(resize.rounding, x);
    x = std::clamp(x, 0.0F, last);
    const auto first = static_cast<std::int64_t>(x);
    table.first.push_back(first);
    table.second.push_back(std::min(first + 1, input_size - 1));
    table.share.push_back(x - static_cast<float>(first));
  }
  return table;
}

}  // namespace faceshot::engine
