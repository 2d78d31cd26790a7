#include "model/ssd_head.hpp"

namespace faceshot {

void add_ssd_head(NetworkBuilder& net, NetworkSpec& spec, const std::string& name,
                  const Feature& in, const PriorLevel& level, const HeadOptions& options) {
  const bool tower = options.separable && options.shared;
  const Feature input = tower ? net.separable(name + ".tower", in, in.channels) : in;
  const auto predictor = [&](const std::string& what, int channels) {
    const std::string full = name + "." + what;
    if (tower) return net.conv(full, input, {.channels = channels, .bias = true}).layer;
    if (!options.separable)
      return net.conv(full, input, {.channels = channels, .kernel = {3, 3}, .bias = true}).layer;
    Feature x = net.conv(full + "_dw.conv", input,
                         {.channels = in.channels, .kernel = {3, 3}, .groups = in.channels});
    x = net.relu(full + "_dw.relu", net.batch_norm(full + "_dw.bn", x));
    return net.conv(full, x, {.channels = channels, .bias = true}).layer;
  };
  const auto priors = static_cast<int>(level.priors_per_cell());
  const auto classes = static_cast<int>(spec.classes.size()) + 1;
  Head head{.feature = in.layer, .loc = {}, .conf = {}};
  head.loc = predictor("loc", 4 * priors);
  head.conf = predictor("conf", classes * priors);
  if (options.landmarks) head.landmarks = predictor("landmarks", 10 * priors);
  spec.heads.push_back(head);
}

}  // namespace faceshot
