// ONNX's (and NumPy's) rule for operands of different shapes.
#pragma once

#include <optional>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// Shape of the result: axes are aligned at the end, and an axis of size 1 is repeated. Nothing if
/// the shapes are incompatible.
[[nodiscard]] std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// Strides for reading a dense row-major operand along the axes of a result; 0 on repeated axes.
/// @pre the operand broadcasts to the result
[[nodiscard]] Shape broadcast_strides(const Shape& operand, const Shape& result);

}  // namespace faceshot::engine
