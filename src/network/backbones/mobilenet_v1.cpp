#include "network/backbones/mobilenet_v1.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::network {
namespace {

constexpr float epsilon = 1e-3F;
constexpr Padding end_only{0, 0, 1, 1};

struct SeparableBlock {
  int channels, stride;
};

constexpr SeparableBlock blocks[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                                     {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                                     {512, 1}, {1024, 2}, {1024, 1}};

}  // namespace

std::vector<BackboneTap> build_mobilenet_v1(NetworkBuilder& net, const BackboneOptions& options) {
  const auto channels = [&](int base) {
    return std::max(1, static_cast<int>(std::floor(
                           static_cast<double>(base) * static_cast<double>(options.alpha) + 1e-4)));
  };
  const auto padding = [](int stride) {
    return stride == 2 ? std::optional(end_only) : std::nullopt;
  };
  const std::string prefix = "backbone.features.";
  Feature x =
      net.conv(prefix + "0.0", net.input(),
               {.channels = channels(32), .kernel = {3, 3}, .stride = 2, .padding = end_only});
  x = net.relu6(prefix + "0.2", net.batch_norm(prefix + "0.1", x, epsilon));
  std::vector<BackboneTap> taps;
  int stride = 2;
  for (std::size_t b = 0; b < std::size(blocks); ++b) {
    // A tap is the last map before the next halving.
    if (blocks[b].stride == 2) {
      if (stride >= 4) taps.push_back({tap_name(stride), x, stride});
      stride *= 2;
    }
    const std::string block = prefix + std::to_string(b + 1);
    x = net.conv(block + ".0", x,
                 {.channels = x.channels,
                  .kernel = {3, 3},
                  .stride = blocks[b].stride,
                  .groups = x.channels,
                  .padding = padding(blocks[b].stride)});
    x = net.relu6(block + ".2", net.batch_norm(block + ".1", x, epsilon));
    x = net.conv(block + ".3", x, {.channels = channels(blocks[b].channels)});
    x = net.relu6(block + ".5", net.batch_norm(block + ".4", x, epsilon));
  }
  taps.push_back({"C5", x, 32});
  return taps;
}

}  // namespace faceshot::network
