// Nodes whose inputs are all known, computed once: arithmetic on shapes, and weights that a file
// stores in pieces.
#pragma once

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// @param inputs of the node, in its order; null if omitted
/// @param output_shape from shape inference for these inputs
/// @return the output; null for operators and sizes that are left to run with the network
/// @throws Error(invalid_argument) for an integer division by 0
[[nodiscard]] ConstantPtr evaluate(const Node& node, const std::vector<const Constant*>& inputs,
                                   const Shape& output_shape);

}  // namespace faceshot::engine
