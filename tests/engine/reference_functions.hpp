// Operators on single numbers, written from ONNX's text: for the reference.
#pragma once

#include "engine/graph/graph.hpp"

namespace faceshot::testing {

/// @throws std::logic_error if the reference lacks the function
[[nodiscard]] double function(const engine::Unary& f, double x);
[[nodiscard]] double combination(engine::Binary f, double a, double b);

}  // namespace faceshot::testing
