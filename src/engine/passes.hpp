// Rewrites of a graph that compute the same with fewer nodes. Each keeps all tensor indices; nodes
// that become superfluous are removed. Tensors that are graph outputs are never fused away.
#pragma once

#include "engine/graph.hpp"

namespace faceshot::engine {

/// Batch normalisation into the convolution before it.
void fuse_batch_norm(Graph& graph);

/// Relu and clip into the convolution before it.
void fuse_activation(Graph& graph);

/// The sum of a convolution's result and another tensor into the convolution, which then adds onto
/// that tensor in place: only where nobody needs it afterwards. Before fuse_activation.
void fuse_add(Graph& graph);

/// All of them, in the order that fuses most.
void optimise(Graph& graph);

}  // namespace faceshot::engine
