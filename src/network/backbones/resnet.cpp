#include "network/backbones/resnet.hpp"

#include <array>

namespace faceshot::network {
namespace {

Feature conv_bn(NetworkBuilder& net, const std::string& block, const std::string& number,
                const Feature& in, const ConvShape& shape) {
  return net.batch_norm(block + ".bn" + number, net.conv(block + ".conv" + number, in, shape));
}

/// The other summand of a block: its input, or a projection of it if the shape changes.
Feature shortcut(NetworkBuilder& net, const std::string& block, const Feature& in, int channels,
                 int stride) {
  if (stride == 1 && in.channels == channels) return in;
  return net.batch_norm(
      block + ".downsample.1",
      net.conv(block + ".downsample.0", in, {.channels = channels, .stride = stride}));
}

Feature basic_block(NetworkBuilder& net, const std::string& block, const Feature& in, int width,
                    int stride) {
  Feature x = conv_bn(net, block, "1", in, {.channels = width, .kernel = {3, 3}, .stride = stride});
  x = conv_bn(net, block, "2", net.relu(block + ".relu1", x),
              {.channels = width, .kernel = {3, 3}});
  x = net.add(block + ".add", x, shortcut(net, block, in, width, stride));
  return net.relu(block + ".relu", x);
}

Feature bottleneck(NetworkBuilder& net, const std::string& block, const Feature& in, int width,
                   int stride) {
  Feature x = conv_bn(net, block, "1", in, {.channels = width});
  x = conv_bn(net, block, "2", net.relu(block + ".relu1", x),
              {.channels = width, .kernel = {3, 3}, .stride = stride});
  x = conv_bn(net, block, "3", net.relu(block + ".relu2", x), {.channels = 4 * width});
  x = net.add(block + ".add", x, shortcut(net, block, in, 4 * width, stride));
  return net.relu(block + ".relu", x);
}

using ResidualBlock = Feature (*)(NetworkBuilder&, const std::string&, const Feature&, int, int);

std::vector<BackboneTap> build(NetworkBuilder& net, const BackboneOptions& options,
                               ResidualBlock block, const std::array<int, 4>& depths) {
  const auto channels = [&](int base) { return scaled_channels(base, options.alpha); };
  Feature x = conv_bn(net, "backbone", "1", net.input(),
                      {.channels = channels(64), .kernel = {7, 7}, .stride = 2});
  // torchvision calls the first two layers conv1 and bn1, without a block's name before them.
  x = net.max_pool("backbone.maxpool", net.relu("backbone.relu", x), 3, 2, 1);
  std::vector<BackboneTap> taps;
  for (std::size_t stage = 0; stage < depths.size(); ++stage) {
    for (int b = 0; b < depths[stage]; ++b) {
      const std::string name =
          "backbone.layer" + std::to_string(stage + 1) + "." + std::to_string(b);
      x = block(net, name, x, channels(64 << stage), b == 0 && stage > 0 ? 2 : 1);
    }
    taps.push_back({tap_name(4 << stage), x, 4 << stage});
  }
  return taps;
}

}  // namespace

std::vector<BackboneTap> build_resnet18(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, basic_block, {2, 2, 2, 2});
}

std::vector<BackboneTap> build_resnet34(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, basic_block, {3, 4, 6, 3});
}

std::vector<BackboneTap> build_resnet50(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, bottleneck, {3, 4, 6, 3});
}

}  // namespace faceshot::network
