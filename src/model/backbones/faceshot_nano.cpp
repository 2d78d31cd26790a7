#include "model/backbones/faceshot_nano.hpp"

#include <algorithm>
#include <cmath>

#include "faceshot/error.hpp"
#include "model/network_builder.hpp"

namespace faceshot {

NetworkSpec build_faceshot_nano(const ModelOptions& options) {
  if (options.prior_sizes.size() != 4)
    throw Error(ErrorCode::invalid_argument,
                "faceshot-nano has 4 levels (strides 8, 16, 32, 64) but model.prior_sizes has " +
                    std::to_string(options.prior_sizes.size()));
  // Multiples of 8 fill the CPU's vector registers.
  const auto channels = [&](int base) {
    return std::max(
        8, 8 * static_cast<int>(std::lround(static_cast<float>(base) * options.width / 8)));
  };
  NetworkSpec spec;
  spec.name = options.name;
  spec.priors.variances = options.variances;
  for (const auto& sizes : options.prior_sizes)
    spec.priors.levels.push_back({.min_sizes = sizes, .max_sizes = {}, .aspect_ratios = {}});

  NetworkBuilder net(spec);
  Feature x = net.conv_bn_relu("backbone.stem", net.input(), channels(16), 3, 2);
  x = net.separable("backbone.stage1.0", x, channels(32), 2);
  x = net.separable("backbone.stage1.1", x, channels(32));
  x = net.separable("backbone.stage2.0", x, channels(64), 2);
  x = net.residual_separable("backbone.stage2.1", x);
  const Feature c3 = x = net.residual_separable("backbone.stage2.2", x);
  x = net.separable("backbone.stage3.0", x, channels(128), 2);
  x = net.residual_separable("backbone.stage3.1", x);
  const Feature c4 = x = net.residual_separable("backbone.stage3.2", x);
  x = net.separable("backbone.stage4.0", x, channels(128), 2);
  x = net.residual_separable("backbone.stage4.1", x);
  const Feature c5 = x = net.residual_separable("backbone.stage4.2", x);
  const Feature c6 = net.separable("backbone.stage5.0", x, channels(128), 2);
  spec.taps = {{"C3", c3.layer}, {"C4", c4.layer}, {"C5", c5.layer}, {"C6", c6.layer}};

  // Top-down path: small faces borrow context from the deeper, coarser maps.
  const int neck = channels(64);
  const Feature p5 = net.conv_bn_relu("neck.lateral5", c5, neck, 1);
  const Feature lateral4 = net.conv_bn_relu("neck.lateral4", c4, neck, 1);
  const Feature p4 = net.separable(
      "neck.smooth4", net.add("neck.add4", lateral4, net.upsample("neck.up5", p5, 2)), neck);
  const Feature lateral3 = net.conv_bn_relu("neck.lateral3", c3, neck, 1);
  const Feature p3 = net.separable(
      "neck.smooth3", net.add("neck.add3", lateral3, net.upsample("neck.up4", p4, 2)), neck);
  const Feature p6 = net.conv_bn_relu("neck.lateral6", c6, neck, 1);

  const Feature levels[] = {p3, p4, p5, p6};
  for (std::size_t l = 0; l < 4; ++l)
    net.ssd_head("head" + std::to_string(l), levels[l], spec.priors.levels[l],
                 options.heads_landmarks != 0);
  return spec;
}

}  // namespace faceshot
