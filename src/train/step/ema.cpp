#include "train/step/ema.hpp"

#include <algorithm>

namespace faceshot::train {

using model::TorchNetwork;

Ema::Ema(const TorchNetwork& network, float decay)
    : average_(network.spec(), 0), decay_(static_cast<double>(decay)) {
  average_.load(network.weights());
  average_.train(false);
}

void Ema::update(const TorchNetwork& network, std::int64_t step) {
  const torch::NoGradGuard no_grad;
  const auto s = static_cast<double>(step);
  const double keep = std::min(decay_, (1 + s) / (10 + s));
  const auto blend = [&](const TorchNetwork::Named& average, const TorchNetwork::Named& current) {
    for (std::size_t i = 0; i < average.size(); ++i)
      average[i].second.lerp_(current[i].second, 1 - keep);
  };
  blend(average_.parameters(), network.parameters());
  blend(average_.buffers(), network.buffers());
}

}  // namespace faceshot::train
