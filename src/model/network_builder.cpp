#include "model/network_builder.hpp"

#include <utility>

namespace faceshot {

Feature NetworkBuilder::append(Layer layer) {
  spec_.layers.push_back(std::move(layer));
  return {spec_.layers.back().name, spec_.layers.back().out_channels};
}

Feature NetworkBuilder::conv(const std::string& name, const Feature& in, int channels, int kernel,
                             int stride, int groups, bool bias) {
  return append({.name = name,
                 .kind = LayerKind::conv,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = channels,
                 .kernel = kernel,
                 .stride = stride,
                 .padding = kernel / 2,
                 .groups = groups,
                 .bias = bias});
}

Feature NetworkBuilder::relu(const std::string& name, const Feature& in) {
  return append({.name = name,
                 .kind = LayerKind::relu,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels});
}

Feature NetworkBuilder::add(const std::string& name, const Feature& a, const Feature& b) {
  return append({.name = name,
                 .kind = LayerKind::add,
                 .inputs = {a.layer, b.layer},
                 .in_channels = a.channels,
                 .out_channels = a.channels});
}

Feature NetworkBuilder::upsample(const std::string& name, const Feature& in, int factor) {
  return append({.name = name,
                 .kind = LayerKind::upsample,
                 .inputs = {in.layer},
                 .in_channels = in.channels,
                 .out_channels = in.channels,
                 .stride = factor});
}

Feature NetworkBuilder::conv_bn_relu(const std::string& name, const Feature& in, int channels,
                                     int kernel, int stride) {
  const Feature convolved = conv(name + ".conv", in, channels, kernel, stride);
  const Feature normed = append({.name = name + ".bn",
                                 .kind = LayerKind::batch_norm,
                                 .inputs = {convolved.layer},
                                 .in_channels = channels,
                                 .out_channels = channels});
  return relu(name + ".relu", normed);
}

Feature NetworkBuilder::separable(const std::string& name, const Feature& in, int channels,
                                  int stride, bool with_relu) {
  const Feature depthwise = conv(name + ".dw", in, in.channels, 3, stride, in.channels);
  const Feature pointwise = conv(name + ".pw", depthwise, channels, 1);
  const Feature normed = append({.name = name + ".bn",
                                 .kind = LayerKind::batch_norm,
                                 .inputs = {pointwise.layer},
                                 .in_channels = channels,
                                 .out_channels = channels});
  return with_relu ? relu(name + ".relu", normed) : normed;
}

Feature NetworkBuilder::residual_separable(const std::string& name, const Feature& in) {
  const Feature branch = separable(name, in, in.channels, 1, false);
  return relu(name + ".relu", add(name + ".add", branch, in));
}

void NetworkBuilder::ssd_head(const std::string& name, const Feature& in, const PriorLevel& level,
                              bool landmarks) {
  const auto priors = static_cast<int>(level.priors_per_cell());
  const auto classes = static_cast<int>(spec_.classes.size()) + 1;
  const Feature tower = separable(name + ".tower", in, in.channels);
  const Feature loc = conv(name + ".loc", tower, 4 * priors, 1, 1, 1, true);
  const Feature conf = conv(name + ".conf", tower, classes * priors, 1, 1, 1, true);
  spec_.heads.push_back({.feature = in.layer, .loc = loc.layer, .conf = conf.layer});
  if (landmarks)
    spec_.heads.back().landmarks =
        conv(name + ".landmarks", tower, 10 * priors, 1, 1, 1, true).layer;
}

}  // namespace faceshot
