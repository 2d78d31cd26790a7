#include "network/ssd_head.hpp"

#include <numeric>

namespace faceshot::network {

void add_ssd_head(NetworkBuilder& net, NetworkSpec& spec, const std::string& name,
                  const Feature& in, const PriorLevel& level, const HeadOptions& options) {
  const bool tower = options.separable && options.shared && !options.direct;
  const Feature input = tower ? net.separable(name + ".tower", in, in.channels) : in;
  const auto predictor = [&](const std::string& what, int channels) {
    const std::string full = name + "." + what;
    if (tower || options.direct) return net.conv(full, input, {.channels = channels, .bias = true});
    if (!options.separable)
      return net.conv(full, input, {.channels = channels, .kernel = {3, 3}, .bias = true});
    Feature x = net.conv(full + "_dw.conv", input,
                         {.channels = in.channels, .kernel = {3, 3}, .groups = in.channels});
    x = net.relu(full + "_dw.relu", net.batch_norm(full + "_dw.bn", x));
    return net.conv(full, x, {.channels = channels, .bias = true});
  };
  const auto priors = static_cast<int>(level.priors_per_cell());
  const auto classes = static_cast<int>(spec.classes.size()) + 1;
  Head head{.feature = in.layer, .loc = {}, .conf = {}};
  head.loc = predictor("loc", 4 * priors).layer;
  if (options.max_out.empty()) {
    head.conf = predictor("conf", classes * priors).layer;
  } else {
    const int logits = std::accumulate(options.max_out.begin(), options.max_out.end(), 0);
    head.conf =
        net.max_out(name + ".conf", predictor("conf_all", logits * priors), options.max_out).layer;
  }
  if (options.landmarks) head.landmarks = predictor("landmarks", 10 * priors).layer;
  spec.heads.push_back(head);
}

}  // namespace faceshot::network
