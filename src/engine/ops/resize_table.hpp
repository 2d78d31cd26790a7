// Where a resized tensor finds its pixels, axis by axis, by ONNX's formulas.
#pragma once

#include <array>
#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// One axis of a resized tensor.
struct ResizeAxis {
  std::int64_t size = 1;  ///< of the result
  float scale = 1;        ///< result over input, as given or as it follows from the sizes
};

/// @param input NCHW
/// @param parameters of node.inputs: scales at index 1, sizes at 2, one of them null or empty
/// @throws Error(invalid_argument) if there are not four of them, all positive;
///         Error(unsupported) where runtimes disagree about what they mean
[[nodiscard]] std::array<ResizeAxis, 4> resize_axes(const Node& node, const Shape& input,
                                                    const std::vector<const Constant*>& parameters);

/// For each position of the result the input positions on both sides of it, and the share of the
/// second. Nearest neighbours have a share of 0. Clamped to the input.
struct ResizeTable {
  std::vector<std::int64_t> first, second;
  std::vector<float> share;
};
[[nodiscard]] ResizeTable resize_table(const Resize& resize, std::int64_t input_size,
                                       const ResizeAxis& axis);

}  // namespace faceshot::engine
