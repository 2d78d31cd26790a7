// How a resized tensor samples its input, axis by axis, by ONNX's formulas.
#pragma once

#include <array>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// One axis of a resized tensor.
struct ResizeAxis {
  std::int64_t size = 1;  ///< of the result
  float scale = 1;        ///< result / input, given or derived from the sizes
};

/// @param input NCHW
/// @param parameters of node.inputs: scales at index 1, sizes at 2, one of them null or empty
/// @throws Error(invalid_argument) unless there are four of them, all positive;
///         Error(unsupported) where runtimes disagree on the meaning
[[nodiscard]] std::array<ResizeAxis, 4> resize_axes(const Node& node, const Shape& input,
                                                    const std::vector<const Constant*>& parameters);

/// For each position of the result, the two nearest input positions and the weight of the second,
/// clamped to the input. With nearest neighbours the weight is 0.
struct ResizeTable {
  std::vector<std::int64_t> first, second;
  std::vector<float> share;
};
[[nodiscard]] ResizeTable resize_table(const Resize& resize, std::int64_t input_size,
                                       const ResizeAxis& axis);

}  // namespace faceshot::engine
