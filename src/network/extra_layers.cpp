#include "network/extra_layers.hpp"

#include <algorithm>

#include "faceshot/error.hpp"
#include "network/backbones/backbone.hpp"

namespace faceshot::network {
namespace {

struct Window {
  int kernel, stride, padding;
};

Window window(const std::string& layout, std::size_t index, std::size_t count) {
  if (layout == "ssd300" && index >= 2) return {3, 1, 0};
  if (layout == "ssd512" && index + 1 == count) return {4, 1, 1};
  return {3, 2, 1};
}

}  // namespace

void add_extra_layers(NetworkBuilder& net, std::vector<Level>& levels, std::size_t count,
                      bool batch_norm, const ModelOptions& options) {
  const std::string& layout = options.extras_layout;
  if (layout != "stride" && layout != "ssd300" && layout != "ssd512")
    throw Error(ErrorCode::invalid_argument,
                "model.extras.layout is '" + layout + "'; available: stride, ssd300, ssd512");
  if (count > 0 && options.extras_channels.empty())
    throw Error(ErrorCode::invalid_argument, "model.extras.channels is empty");
  const auto conv = [&](const std::string& name, const Feature& in, ConvShape shape) {
    shape.bias = !batch_norm;
    Feature x = net.conv(name, in, shape);
    if (batch_norm) x = net.batch_norm(name + "_bn", x);
    return net.relu(name + "_relu", x);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "extras." + std::to_string(i + 1) + ".";
    const Window w = window(layout, i, count);
    const int base = options.extras_channels[std::min(i, options.extras_channels.size() - 1)];
    const int channels = scaled_channels(base, options.alpha);
    const Padding padding{w.padding, w.padding, w.padding, w.padding};
    Feature x = conv(name + "reduce", levels.back().feature,
                     {.channels = scaled_channels(base / 2, options.alpha)});
    if (options.heads_separable) {
      x = conv(name + "dw", x,
               {.channels = x.channels,
                .kernel = {w.kernel, w.kernel},
                .stride = w.stride,
                .groups = x.channels,
                .padding = padding});
      x = conv(name + "conv", x, {.channels = channels});
    } else {
      x = conv(name + "conv", x,
               {.channels = channels,
                .kernel = {w.kernel, w.kernel},
                .stride = w.stride,
                .padding = padding});
    }
    levels.push_back({"extra" + std::to_string(i + 1), x, levels.back().stride * w.stride});
  }
}

}  // namespace faceshot::network
