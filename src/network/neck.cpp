#include "network/neck.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"

namespace faceshot::network {
namespace {

[[noreturn]] void fail_neck(const std::string& what) {
  throw Error(ErrorCode::invalid_argument, what);
}

constexpr int coarsest_merged = 32;

/// "C4" -> "4", "extra1" -> "_extra1".
std::string suffix(const std::string& level) {
  const bool numbered = level.size() == 2 && level.front() == 'C';
  return numbered ? level.substr(1) : "_" + level;
}

}  // namespace

int add_neck(NetworkBuilder& net, std::vector<Level>& levels, const std::string& neck, int channels,
             float alpha) {
  if (neck == "none") return 1;
  if (neck != "fpn" && neck != "tfpn")
    fail_neck("model.neck is '" + neck + "'; available: none, fpn, tfpn");
  const bool tiny = neck == "tfpn";
  const int width =
      std::max(8, 8 * static_cast<int>(std::lround(static_cast<float>(channels) * alpha / 8)));
  const auto lateral = [&](const Level& level) {
    return net.conv_bn_relu("neck.lateral" + suffix(level.name), level.feature, width, 1);
  };
  const auto smooth = [&](const Level& level, const Feature& in) {
    const std::string name = "neck.smooth" + suffix(level.name);
    return tiny ? net.separable(name, in, width) : net.conv_bn_relu(name, in, width, 3);
  };

  std::size_t merged = 0;
  while (merged < levels.size() && levels[merged].stride <= coarsest_merged) ++merged;
  if (merged < 2) fail_neck("model.neck: needs two or more levels of stride 32 or less");
  Feature coarser;
  for (std::size_t l = merged; l-- > 0;) {
    Level& level = levels[l];
    Feature x = lateral(level);
    const bool coarsest = l + 1 == merged;
    if (!coarsest) {
      const Level& above = levels[l + 1];
      if (above.stride != 2 * level.stride)
        fail_neck("model.neck: levels must be a factor 2 apart; '" + level.name + "' has stride " +
                  std::to_string(level.stride) + ", '" + above.name + "' " +
                  std::to_string(above.stride));
      const std::string number = suffix(level.name);
      x = net.add("neck.add" + number, x, net.upsample("neck.up" + suffix(above.name), coarser, 2));
    }
    level.feature = tiny && coarsest ? x : smooth(level, x);
    // FPN passes on the sum, the tiny one the smoothed map: one map less to keep.
    coarser = tiny ? level.feature : x;
  }
  const int divisor = levels[merged - 1].stride;
  for (std::size_t l = merged; l < levels.size(); ++l) levels[l].feature = lateral(levels[l]);
  return divisor;
}

}  // namespace faceshot::network
