#include "network/backbones/vgg16.hpp"

namespace faceshot::network {

std::vector<BackboneTap> build_vgg16(NetworkBuilder& net, const BackboneOptions& options) {
  const auto channels = [&](int base) { return scaled_channels(base, options.alpha); };
  // torchvision numbers convolutions, activations and pools consecutively.
  int index = 0;
  const auto next = [&] { return "backbone.features." + std::to_string(index++); };
  const auto convs = [&](Feature x, int count, int base) {
    for (int i = 0; i < count; ++i) {
      x = net.conv(next(), x, {.channels = channels(base), .kernel = {3, 3}, .bias = true});
      x = net.relu(next(), x);
    }
    return x;
  };
  Feature x = net.max_pool(next(), convs(net.input(), 2, 64), 2, 2);
  x = net.max_pool(next(), convs(x, 2, 128), 2, 2);
  const Feature conv3_3 = convs(x, 3, 256);
  x = net.max_pool(next(), conv3_3, 2, 2, 0, true);
  const Feature conv4_3 = convs(x, 3, 512);
  x = convs(net.max_pool(next(), conv4_3, 2, 2), 3, 512);
  x = net.max_pool("backbone.pool5", x, 3, 1, 1);
  x = net.conv("backbone.fc6", x,
               {.channels = channels(1024), .kernel = {3, 3}, .dilation = 6, .bias = true});
  x = net.relu("backbone.fc6_relu", x);
  x = net.conv("backbone.fc7", x, {.channels = channels(1024), .bias = true});
  x = net.relu("backbone.fc7_relu", x);
  return {
      {"C2", conv3_3, 4}, {"C3", net.l2_norm("backbone.conv4_3_norm", conv4_3), 8}, {"C4", x, 16}};
}

}  // namespace faceshot::network
