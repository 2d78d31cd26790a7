#include "engine/ops/eltwise.hpp"
#include "engine/passes/fusion.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {

void fuse_activation(Graph& graph) {
  fuse_into_convolution(
      graph,
      [](const Node& node) { return node.op == Op::unary && !eltwise_steps(node.unary).empty(); },
      [](Node& conv, const Node& activation) {
        if (conv.unary.function != Function::none) return false;
        conv.unary = activation.unary;
        return true;
      });
}

}  // namespace faceshot::engine
