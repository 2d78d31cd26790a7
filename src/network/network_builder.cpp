#include "network/network_builder.hpp"

#include <cassert>
#include <numeric>
#include <utility>

namespace faceshot::network {

Feature NetworkBuilder::append(Layer layer) {
  spec_.layers.push_back(std::move(layer));
  return {spec_.layers.back().name, spec_.layers.back().out_channels};
}

Feature NetworkBuilder::append(const std::string& name, LayerKind kind, const Feature& in) {
  return append({.name = name,
                 .kind = kind,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels});
}

Feature NetworkBuilder::conv(const std::string& name, const Feature& in, const ConvShape& shape) {
  const int above = shape.dilation * (shape.kernel.height - 1) / 2;
  const int left = shape.dilation * (shape.kernel.width - 1) / 2;
  return append({.name = name,
                 .kind = LayerKind::conv,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = shape.channels,
                 .kernel = shape.kernel,
                 .stride = shape.stride,
                 .padding = shape.padding.value_or(Padding{above, left, above, left}),
                 .pads_same = shape.pads_same,
                 .dilation = shape.dilation,
                 .groups = shape.groups,
                 .bias = shape.bias});
}

Feature NetworkBuilder::batch_norm(const std::string& name, const Feature& in, float epsilon) {
  return append({.name = name,
                 .kind = LayerKind::batch_norm,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels,
                 .epsilon = epsilon});
}

Feature NetworkBuilder::relu(const std::string& name, const Feature& in) {
  return append(name, LayerKind::relu, in);
}

Feature NetworkBuilder::relu6(const std::string& name, const Feature& in) {
  return append(name, LayerKind::relu6, in);
}

Feature NetworkBuilder::activation(const std::string& name, const Feature& in, Activation kind) {
  if (kind == Activation::none) return in;
  return kind == Activation::relu ? relu(name, in) : relu6(name, in);
}

Feature NetworkBuilder::add(const std::string& name, const Feature& a, const Feature& b) {
  return append({.name = name,
                 .kind = LayerKind::add,
                 .inputs = {a.layer, b.layer},
                 .in_channels = a.channels,
                 .out_channels = a.channels});
}

Feature NetworkBuilder::concat(const std::string& name, const std::vector<Feature>& parts) {
  Layer layer{
      .name = name, .kind = LayerKind::concat, .inputs = {}, .in_channels = parts.front().channels};
  for (const Feature& part : parts) {
    layer.inputs.push_back(part.layer);
    layer.out_channels += part.channels;
  }
  return append(std::move(layer));
}

Feature NetworkBuilder::upsample(const std::string& name, const Feature& in, int factor) {
  return append({.name = name,
                 .kind = LayerKind::upsample,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels,
                 .stride = factor});
}

Feature NetworkBuilder::pool(const std::string& name, LayerKind kind, const Feature& in, int kernel,
                             int stride, int padding, bool ceil_mode) {
  return append({.name = name,
                 .kind = kind,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels,
                 .kernel = {kernel, kernel},
                 .stride = stride,
                 .padding = {padding, padding, padding, padding},
                 .ceil_mode = ceil_mode});
}

Feature NetworkBuilder::max_pool(const std::string& name, const Feature& in, int kernel, int stride,
                                 int padding, bool ceil_mode) {
  return pool(name, LayerKind::max_pool, in, kernel, stride, padding, ceil_mode);
}

Feature NetworkBuilder::avg_pool(const std::string& name, const Feature& in, int kernel, int stride,
                                 int padding) {
  return pool(name, LayerKind::avg_pool, in, kernel, stride, padding, false);
}

Feature NetworkBuilder::l2_norm(const std::string& name, const Feature& in) {
  return append(name, LayerKind::l2_norm, in);
}

Feature NetworkBuilder::max_out(const std::string& name, const Feature& in,
                                const std::vector<int>& runs) {
  const int all = std::accumulate(runs.begin(), runs.end(), 0);
  assert(all > 0 && in.channels % all == 0);
  return append({.name = name,
                 .kind = LayerKind::max_out,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels / all * static_cast<int>(runs.size()),
                 .runs = runs});
}

Feature NetworkBuilder::conv_bn_relu(const std::string& name, const Feature& in, int channels,
                                     int kernel, int stride) {
  const Feature convolved = conv(
      name + ".conv", in, {.channels = channels, .kernel = {kernel, kernel}, .stride = stride});
  return relu(name + ".relu", batch_norm(name + ".bn", convolved));
}

Feature NetworkBuilder::separable(const std::string& name, const Feature& in, int channels,
                                  int stride, bool with_relu) {
  const Feature depthwise =
      conv(name + ".dw", in,
           {.channels = in.channels, .kernel = {3, 3}, .stride = stride, .groups = in.channels});
  const Feature pointwise = conv(name + ".pw", depthwise, {.channels = channels});
  const Feature normed = batch_norm(name + ".bn", pointwise);
  return with_relu ? relu(name + ".relu", normed) : normed;
}

Feature NetworkBuilder::residual_separable(const std::string& name, const Feature& in) {
  const Feature branch = separable(name, in, in.channels, 1, false);
  return relu(name + ".relu", add(name + ".add", branch, in));
}

}  // namespace faceshot::network
