// Rewrites of a graph that compute the same with fewer nodes, for one input size. Each keeps all
// tensor indices; superfluous nodes are removed. Graph outputs are never fused away.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

/// Removes nodes whose output is known: the tensor becomes a constant.
void drop_known(Graph& graph, const InferredTensors& known);

/// Removes identities between nodes: their readers read the source instead.
void drop_identities(Graph& graph);

/// Removes nodes whose output nobody reads.
void drop_unread(Graph& graph);

/// Merges two successive transpositions into one, or none if they cancel out.
void fuse_transposes(Graph& graph);

/// Fuses batch normalisation into the convolution before it.
void fuse_batch_norm(Graph& graph);

/// Fuses the sum of a map and one that is resized to twice its size (nearest) for this sum alone,
/// as in feature pyramids. Before fuse_add.
void fuse_upsample_add(Graph& graph, const InferredTensors& known);

/// Fuses functions of single elements (Relu, Clip, Sigmoid, ...) into the convolution before them.
void fuse_activation(Graph& graph);

/// Fuses the sum of a convolution's result and another tensor of the same shape into the
/// convolution, which then adds onto that tensor in place: only if nobody reads that tensor
/// afterwards. Before fuse_activation.
void fuse_add(Graph& graph, const InferredTensors& known);

/// Merges pointwise convolutions with few outputs that read the same tensor, each followed by a
/// depthwise one, into one of each, which fill their registers. After fuse_activation.
/// @param known receives the shapes of new tensors
void fuse_heads(Graph& graph, InferredTensors& known);

/// Fuses a depthwise 3x3 convolution and the pointwise one that is its only reader, if our kernels
/// can compute both. After fuse_activation.
void fuse_depthwise_pointwise(Graph& graph);

/// Fuses successive layers that our kernels compute row by row, each the only reader of the one
/// before it, if the maps between them are too large for the cache. Last.
/// @param known of the graph as it was read
void fuse_row_chains(Graph& graph, const InferredTensors& known);

/// All of them, in the order that fuses most.
/// @param known of the same graph, see infer_tensors; receives the shapes of new tensors
[[nodiscard]] Graph optimise(Graph graph, InferredTensors& known);

}  // namespace faceshot::engine
