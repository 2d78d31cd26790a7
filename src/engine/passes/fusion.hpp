// Shared by the passes that fuse something into a convolution.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// For each node that `wanted` accepts and whose (first) input is made by a convolution (transposed
/// or not) that nobody else reads: calls `fuse(convolution, node)`; if that says true, the
/// convolution takes over the node's output and the node goes.
void fuse_into_convolution(Graph& graph, const std::function<bool(const Node&)>& wanted,
                           const std::function<bool(Node&, const Node&)>& fuse);

/// True if one of the nodes [first, last) adds onto the tensor, so that a reader cannot be moved
/// behind them.
[[nodiscard]] bool is_overwritten(const Graph& graph, int tensor, std::size_t first,
                                  std::size_t last);

}  // namespace faceshot::engine
