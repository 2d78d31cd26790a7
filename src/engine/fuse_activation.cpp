#include "engine/fusion.hpp"
#include "engine/passes.hpp"

namespace faceshot::engine {

void fuse_activation(Graph& graph) {
  fuse_into_convolution(
      graph, [](const Node& node) { return node.op == Op::relu || node.op == Op::clip; },
      [](Node& conv, const Node& activation) {
        if (conv.activation != Activation::none) return false;
        conv.activation = activation.op == Op::relu ? Activation::relu : Activation::clip;
        conv.low = activation.low;
        conv.high = activation.high;
        return true;
      });
}

}  // namespace faceshot::engine
