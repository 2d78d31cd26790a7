// ONNX's (and NumPy's) rule for operands of different shapes.
#pragma once

#include <optional>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// Shape of the result: axes are aligned at the end, and an axis of size 1 is repeated. Nothing if
/// the shapes do not go together.
[[nodiscard]] std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b);

/// Strides with which a dense row-major operand is read along the axes of a result; 0 where it is
/// repeated.
/// @pre the operand broadcasts to the result
[[nodiscard]] Shape broadcast_strides(const Shape& operand, const Shape& result);

}  // namespace faceshot::engine
