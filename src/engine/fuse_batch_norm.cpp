#include <algorithm>

#include "engine/fusion.hpp"
#include "engine/passes.hpp"

namespace faceshot::engine {

void fuse_batch_norm(Graph& graph) {
  fuse_into_convolution(
      graph, [](const Node& node) { return node.op == Op::batch_norm; },
      [](Node& conv, const Node& norm) {
        const std::size_t channels = norm.scale.size();
        if (conv.activation != Activation::none || conv.adds_input ||
            conv.weight_shape[0] != static_cast<std::int64_t>(channels))
          return false;
        const std::size_t per_channel = conv.weight.size() / channels;
        if (conv.bias.empty()) conv.bias.assign(channels, 0.0F);
        for (std::size_t c = 0; c < channels; ++c) {
          std::for_each_n(conv.weight.begin() + static_cast<std::ptrdiff_t>(c * per_channel),
                          per_channel, [&](float& w) { w *= norm.scale[c]; });
          conv.bias[c] = conv.bias[c] * norm.scale[c] + norm.shift[c];
        }
        return true;
      });
}

}  // namespace faceshot::engine
