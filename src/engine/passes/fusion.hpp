// Shared by the passes that fuse something into a convolution.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// For each node that `wanted` accepts and whose (first) input is computed by a convolution
/// (transposed or not) with no other reader: calls `fuse(convolution, node)`. If that returns true,
/// the convolution takes over the node's output and the node is removed.
void fuse_into_convolution(Graph& graph, const std::function<bool(const Node&)>& wanted,
                           const std::function<bool(Node&, const Node&)>& fuse);

/// True if one of the nodes [first, last) adds onto the tensor, so a reader cannot be moved behind
/// them.
[[nodiscard]] bool is_overwritten(const Graph& graph, int tensor, std::size_t first,
                                  std::size_t last);

}  // namespace faceshot::engine
