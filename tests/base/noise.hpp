// Arbitrary numbers for tests.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace faceshot::testing {

/// Uniform in [-1, 1). @param count >= 0, a size or one of the engine's extents
template <std::integral Count>
std::vector<float> noise(Count count, base::Random& random) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = random.uniform(-1, 1);
  return values;
}
template <std::integral Count>
std::vector<float> noise(Count count, std::uint32_t seed) {
  base::Random random(seed);
  return noise(count, random);
}

}  // namespace faceshot::testing
