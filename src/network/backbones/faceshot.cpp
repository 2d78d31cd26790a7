#include "network/backbones/faceshot.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::network {
namespace {

constexpr std::size_t stages = 5;  ///< at strides 4, 8, 16, 32 and 64

/// BackboneOptions::widths and ::blocks.
struct Plan {
  std::array<int, stages + 1> widths;
  std::array<int, stages> blocks;
};

template <std::size_t N>
void take(const std::vector<int>& wanted, const char* key, std::array<int, N>& values) {
  if (wanted.empty()) return;
  if (wanted.size() != N ||
      std::any_of(wanted.begin(), wanted.end(), [](int v) { return v < 1 || v > 4096; }))
    throw Error(ErrorCode::invalid_argument, std::string(key) + " wants " + std::to_string(N) +
                                                 " numbers from 1 to 4096, or none");
  std::copy(wanted.begin(), wanted.end(), values.begin());
}

std::vector<BackboneTap> build(NetworkBuilder& net, const BackboneOptions& options, Plan plan) {
  take(options.widths, "model.widths", plan.widths);
  take(options.blocks, "model.blocks", plan.blocks);
  // Multiples of 8 fill the CPU's vector registers.
  const auto channels = [&](int base) {
    return std::max(
        8, 8 * static_cast<int>(std::lround(static_cast<float>(base) * options.alpha / 8)));
  };
  std::vector<BackboneTap> taps;
  Feature x = net.conv_bn_relu("backbone.stem", net.input(), channels(plan.widths[0]), 3, 2);
  for (std::size_t s = 0; s < stages; ++s) {
    const std::string stage = "backbone.stage" + std::to_string(s + 1) + ".";
    x = net.separable(stage + "0", x, channels(plan.widths[s + 1]), 2);
    for (int b = 1; b < plan.blocks[s]; ++b) {
      const std::string name = stage + std::to_string(b);
      // The first stage's maps are large: a sum there costs more than it gains.
      x = s == 0 ? net.separable(name, x, x.channels) : net.residual_separable(name, x);
    }
    const int stride = 4 << s;
    if (stride >= 8) taps.push_back({tap_name(stride), x, stride});
  }
  return taps;
}

}  // namespace

std::vector<BackboneTap> build_faceshot_nano(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, {{16, 32, 64, 128, 128, 128}, {2, 3, 3, 3, 1}});
}

std::vector<BackboneTap> build_faceshot_small(NetworkBuilder& net, const BackboneOptions& options) {
  return build(net, options, {{16, 48, 96, 192, 192, 192}, {2, 4, 4, 3, 1}});
}

}  // namespace faceshot::network
