#include <algorithm>

#include "engine/passes/fusion.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

/// Weights times the scale of their output channel.
ConstantPtr scaled(const Node& conv, const std::vector<float>& scale) {
  auto weight = std::make_shared<Constant>(*conv.weight);
  const Shape& shape = weight->shape;
  const std::int64_t window = shape[2] * shape[3];
  const std::int64_t inputs_of_group = shape[0] / conv.group;  // of a transposed convolution
  for (std::int64_t row = 0; row < shape[0] * shape[1]; ++row) {
    const std::int64_t first = row / shape[1], second = row % shape[1];
    const std::int64_t channel =
        conv.op == Op::conv ? first : first / inputs_of_group * shape[1] + second;
    std::for_each_n(weight->floats.begin() + row * window, window,
                    [s = scale[static_cast<std::size_t>(channel)]](float& w) { w *= s; });
  }
  return weight;
}

}  // namespace

void fuse_batch_norm(Graph& graph) {
  fuse_into_convolution(
      graph, [](const Node& node) { return node.op == Op::batch_norm; },
      [](Node& conv, const Node& norm) {
        if (conv.unary.function != Function::none || conv.adds_input) return false;
        auto bias = std::make_shared<Constant>();
        bias->shape = {static_cast<std::int64_t>(norm.scale.size())};
        bias->floats = norm.shift;
        if (conv.bias != nullptr)
          for (std::size_t c = 0; c < norm.scale.size(); ++c)
            bias->floats[c] += conv.bias->floats[c] * norm.scale[c];
        conv.weight = scaled(conv, norm.scale);
        conv.bias = bias;
        return true;
      });
}

}  // namespace faceshot::engine
