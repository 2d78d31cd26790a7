// A network with random weights, as if trained, for the tests of export.
#pragma once

#include "faceshot/random.hpp"
#include "model/registry.hpp"
#include "train/checkpoint.hpp"
#include "train/config.hpp"

namespace faceshot {

/// faceshot-nano with weights and BatchNorm statistics that are random but of sane size.
inline Checkpoint example_checkpoint(const ModelOptions& model = {}) {
  Checkpoint c;
  Config config;
  config.model = model;
  c.config = to_toml(config);
  c.counters = {{"epoch", 1}, {"batch", 0}, {"step", 1}};
  c.scalars = {{"best_ap", 0.5}};
  Random random(11);
  const auto fill = [&](const std::string& name, std::vector<std::int64_t> shape, float low,
                        float high) {
    std::int64_t count = 1;
    for (const std::int64_t d : shape) count *= d;
    WeightArray array{std::move(shape), std::vector<float>(static_cast<std::size_t>(count))};
    for (float& v : array.values) v = random.uniform(low, high);
    c.model[name] = std::move(array);
  };
  for (const Layer& l : make_network(config.model).layers) {
    const std::int64_t out = l.out_channels;
    if (l.kind == LayerKind::conv) {
      const std::int64_t in = l.in_channels / l.groups;
      const float size = 1.7F / std::sqrt(static_cast<float>(in * l.kernel * l.kernel));
      fill(l.name + ".weight", {out, in, l.kernel, l.kernel}, -size, size);
      if (l.bias) fill(l.name + ".bias", {out}, -1, 1);
    } else if (l.kind == LayerKind::batch_norm) {
      fill(l.name + ".weight", {out}, 0.5F, 1.5F);
      fill(l.name + ".bias", {out}, -0.5F, 0.5F);
      fill(l.name + ".running_mean", {out}, -0.5F, 0.5F);
      fill(l.name + ".running_var", {out}, 0.5F, 1.5F);
    }
  }
  return c;
}

}  // namespace faceshot
