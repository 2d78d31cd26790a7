// A second implementation of the operators, from ONNX's descriptions and for clarity: plain loops
// in double precision, one copy per tensor. It only uses the engine's graph, and computes shapes,
// windows and integers itself.
#pragma once

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::testing {

/// All tensors of an unfused graph, row-major.
/// @param input of the graph's only input, whose shape is input_shape
[[nodiscard]] std::vector<std::vector<double>> run_reference(const engine::Graph& graph,
                                                             const engine::Shape& input_shape,
                                                             const std::vector<float>& input);

}  // namespace faceshot::testing
