// The operators once more, from ONNX's descriptions of them and for clarity: plain loops in double
// precision, a copy a tensor. Of the engine it takes the graph alone, and computes shapes, windows
// and whole numbers itself.
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
