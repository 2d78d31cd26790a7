// Shapes of all tensors of a graph for one input shape.
#pragma once

#include <vector>

#include "engine/graph.hpp"

namespace faceshot::engine {

/// @param input_shape of the graph's only input
/// @return a shape for each tensor of the graph (empty for tensors that passes have removed)
/// @throws Error(invalid_argument) if the input does not suit the network
[[nodiscard]] std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input_shape);

/// Padding of a window in effect for this input size: top, left, bottom, right.
[[nodiscard]] std::array<std::int64_t, 4> effective_padding(const Node& node, const Shape& input);

/// Product of all dimensions.
[[nodiscard]] std::int64_t element_count(const Shape& shape);

}  // namespace faceshot::engine
