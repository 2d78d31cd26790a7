// The operators once more, written for clarity: plain loops in double precision, a copy a tensor.
#pragma once

#include <vector>

#include "engine/graph.hpp"

namespace faceshot::testing {

/// All tensors of an unfused graph, row-major; empty for those that no node makes.
/// @param input of the graph's only input, whose shape is input_shape
[[nodiscard]] std::vector<std::vector<double>> run_reference(const engine::Graph& graph,
                                                             const engine::Shape& input_shape,
                                                             const std::vector<float>& input);

}  // namespace faceshot::testing
