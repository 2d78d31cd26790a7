// Gaussian noise by rows, fast enough for every pixel of every picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace faceshot::augment {

/// A source of approximately normal integers, the same on every machine: integer arithmetic only.
/// Philox (random.hpp) is too slow for 300 000 values per picture, so it only seeds 16 xorshift
/// generators (G. Marsaglia, "Xorshift RNGs", 2003), which run side by side in vector registers.
/// Each value is the sum of the four bytes of one state (Irwin-Hall), so none exceeds 3.45
/// deviations. Not for cryptography or statistics; distinct objects are independent. Not thread
/// safe.
class NormalNoise {
 public:
  static constexpr float kDeviation = 147.8F;  ///< of a value; sqrt(4 * (256^2 - 1) / 12)

  /// Uses 16 words of `random`.
  explicit NormalNoise(base::Random& random);

  /// The next `count` values, mean 0 and deviation kDeviation, in -510..510. Valid until the next
  /// call.
  [[nodiscard]] std::span<const std::int16_t> next(std::size_t count);

 private:
  static constexpr std::size_t kLanes = 16;

  std::array<std::uint32_t, kLanes> state_{};
  std::vector<std::int16_t> values_;
};

}  // namespace faceshot::augment
