// A network with random weights, as if trained, for the tests of export.
#pragma once

#include <cmath>

#include "base/random.hpp"
#include "network/registry.hpp"
#include "train/config/config.hpp"
#include "train/record/checkpoint.hpp"

namespace faceshot::exporter {

/// A config's network with weights and BatchNorm statistics that are random but have sane
/// magnitudes.
inline train::Checkpoint example_checkpoint(const train::Config& config) {
  train::Checkpoint c;
  c.config = train::to_toml(config);
  c.counters = {{"epoch", 1}, {"batch", 0}, {"step", 1}};
  c.scalars = {{"best_ap", 0.5}};
  base::Random random(11);
  const auto fill = [&](const std::string& name, std::vector<std::int64_t> shape, float low,
                        float high) {
    std::int64_t count = 1;
    for (const std::int64_t d : shape) count *= d;
    weights::WeightArray array{std::move(shape),
                               std::vector<float>(static_cast<std::size_t>(count))};
    for (float& v : array.values) v = random.uniform(low, high);
    c.model[name] = std::move(array);
  };
  for (const network::Layer& layer : network::make_network(config.model).layers) {
    for (const auto& [name, shape] : network::parameter_shapes(layer)) {
      if (shape.size() == 4) {
        const float size = 1.7F / std::sqrt(static_cast<float>(shape[1] * shape[2] * shape[3]));
        fill(name, shape, -size, size);
      } else if (layer.kind == network::LayerKind::l2_norm) {
        fill(name, shape, 15, 25);
      } else if (name.ends_with("weight") || name.ends_with("var")) {
        fill(name, shape, 0.5F, 1.5F);
      } else {
        fill(name, shape, -0.5F, 0.5F);
      }
    }
  }
  return c;
}

/// The same for a [model] section alone.
inline train::Checkpoint example_checkpoint(const network::ModelOptions& model = {}) {
  train::Config config;
  config.model = model;
  return example_checkpoint(config);
}

}  // namespace faceshot::exporter
