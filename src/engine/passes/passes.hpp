// Rewrites of a graph that compute the same with fewer nodes, for one input size. Each keeps all
// tensor indices; nodes that become superfluous are removed. Tensors that are graph outputs are
// never fused away.
#pragma once

#include "engine/graph/graph.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

/// Nodes whose output is known: the tensor becomes a constant.
void drop_known(Graph& graph, const InferredTensors& known);

/// Identities between nodes: their readers read what they copy.
void drop_identities(Graph& graph);

/// Nodes whose output nobody reads.
void drop_unread(Graph& graph);

/// A transposition behind a transposition becomes one, or none if they undo each other.
void fuse_transposes(Graph& graph);

/// Batch normalisation into the convolution before it.
void fuse_batch_norm(Graph& graph);

/// The sum of a map and another that alone is resized to twice its size (nearest), as feature
/// pyramids have it. Before fuse_add.
void fuse_upsample_add(Graph& graph, const InferredTensors& known);

/// Functions of single elements (Relu, Clip, Sigmoid, ...) into the convolution before them.
void fuse_activation(Graph& graph);

/// The sum of a convolution's result and another tensor of the same shape into the convolution,
/// which then adds onto that tensor in place: only where nobody needs it afterwards. Before
/// fuse_activation.
void fuse_add(Graph& graph, const InferredTensors& known);

/// Pointwise convolutions with few outputs that read the same tensor, each with a depthwise one
/// behind it: as one of each, which fill their registers. After fuse_activation.
/// @param known receives the shapes of new tensors
void fuse_heads(Graph& graph, InferredTensors& known);

/// A depthwise 3x3 convolution and the pointwise one that alone reads it into one node, where
/// kernels of our own can do both. After fuse_activation.
void fuse_depthwise_pointwise(Graph& graph);

/// Layers that kernels of our own compute row by row, each of which alone reads the one before it,
/// into one node: where what lies between them is so large that it would leave the cache. Last.
/// @param known of the graph as it was read
void fuse_row_chains(Graph& graph, const InferredTensors& known);

/// All of them, in the order that fuses most.
/// @param known of the same graph, see infer_tensors; receives the shapes of new tensors
[[nodiscard]] Graph optimise(Graph graph, InferredTensors& known);

}  // namespace faceshot::engine
