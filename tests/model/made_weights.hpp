// Weights and inputs computed by a formula from names, here and in fixtures/*.py, so that nothing
// has to be stored.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::testing {

/// `count` numbers in [-1, 1): splitmix64 of the name's FNV-1a hash plus the index.
inline std::vector<float> made_values(const std::string& name, std::size_t count) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t z = hash + (i + 1) * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    values[i] = static_cast<float>(static_cast<double>(z >> 40) / 8388608.0 - 1.0);
  }
  return values;
}

/// Of sane magnitude: outputs of a network of any depth are neither zero nor infinite.
inline weights::Weights made_weights(const network::NetworkSpec& spec) {
  weights::Weights weights;
  for (const network::Layer& layer : spec.layers) {
    for (const auto& [name, shape] : network::parameter_shapes(layer)) {
      std::size_t count = 1;
      for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
      std::vector<float> values = made_values(name, count);
      const bool around_one = name.ends_with(".weight") || name.ends_with(".running_var");
      for (float& v : values) {
        const auto made = static_cast<double>(v);
        if (shape.size() == 4)
          v = static_cast<float>(
              made * std::sqrt(6.0 / static_cast<double>(shape[1] * shape[2] * shape[3])));
        else if (layer.kind == network::LayerKind::l2_norm)
          v = static_cast<float>(20 + 5 * made);
        else
          v = static_cast<float>((around_one ? 1 : 0) + 0.5 * made);
      }
      weights[name] = {shape, std::move(values)};
    }
  }
  return weights;
}

}  // namespace faceshot::testing
