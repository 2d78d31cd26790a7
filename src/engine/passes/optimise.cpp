#include "engine/kernels/row_kernels.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {

Graph optimise(Graph graph, InferredTensors& known) {
  drop_known(graph, known);
  drop_identities(graph);
  drop_unread(graph);
  fuse_transposes(graph);
  fuse_batch_norm(graph);
  if (row_kernels_pay()) fuse_upsample_add(graph, known);
  fuse_add(graph, known);
  fuse_activation(graph);
  if (row_kernels_pay()) {
    fuse_heads(graph, known);
    fuse_depthwise_pointwise(graph);
    fuse_row_chains(graph, known);
  }
  return graph;
}

}  // namespace faceshot::engine
