#include "model/backbones/faceshot.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot {
namespace {

/// Channels and blocks of the stages that end at strides 8, 16 and 32; the last width serves
/// stride 64 too.
struct Plan {
  int stem, stage1;
  int widths[3];
  int blocks[3];
};

std::vector<BackboneTap> build(NetworkBuilder& net, const BackboneOptions& options,
                               const Plan& plan) {
  // Multiples of 8 fill the CPU's vector registers.
  const auto channels = [&](int base) {
    return std::max(
        8, 8 * static_cast<int>(std::lround(static_cast<float>(base) * options.alpha / 8)));
  };
  std::vector<BackboneTap> taps;
  Feature x = net.conv_bn_relu("backbone.stem", net.input(), channels(plan.stem), 3, 2);
  x = net.separable("backbone.stage1.0", x, channels(plan.stage1), 2);
  x = net.separable("backbone.stage1.1", x, channels(plan.stage1));
  for (int s = 0; s < 3; ++s) {
    const std::string stage = "backbone.stage" + std::to_string(s + 2) + ".";
    x = net.separable(stage + "0", x, channels(plan.widths[s]), 2);
    for (int b = 1; b < plan.blocks[s]; ++b)
      x = net.residual_separable(stage + std::to_string(b), x);
    taps.push_back({tap_name(8 << s), x, 8 << s});
  }
  x = net.separable("backbone.stage5.0", x, channels(plan.widths[2]), 2);
  taps.push_back({tap_name(64), x, 64});
  return taps;
}

}  // namespace

std::vector<BackboneTap> build_faceshot_nano(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, {16, 32, {64, 128, 128}, {3, 3, 3}});
}

std::vector<BackboneTap> build_faceshot_small(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, {24, 48, {96, 192, 192}, {5, 5, 4}});
}

}  // namespace faceshot
