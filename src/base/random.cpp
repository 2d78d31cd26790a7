#include "base/random.hpp"

#include <cmath>

namespace faceshot::base {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept {
  // Multipliers and Weyl constants of the paper (table 2 and section 3.3).
  constexpr std::uint64_t m0 = 0xD2511F53U;
  constexpr std::uint64_t m1 = 0xCD9E8D57U;
  constexpr std::uint32_t w0 = 0x9E3779B9U;
  constexpr std::uint32_t w1 = 0xBB67AE85U;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = m0 * counter[0];
    const std::uint64_t p1 = m1 * counter[2];
    counter = {
        static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += w0;
    key[1] += w1;
  }
  return counter;
}

Random::Random(std::uint64_t seed, std::uint32_t epoch, std::uint32_t index,
               std::uint32_t stream) noexcept
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, epoch, index, stream} {}

std::uint32_t Random::bits() noexcept {
  if (used_ == 4) {
    block_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

float Random::uniform() noexcept { return static_cast<float>(bits() >> 8) * 0x1p-24F; }

float Random::uniform(float low, float high) noexcept {
  const float value = low + (high - low) * uniform();
  return value < high ? value : std::nextafter(high, low);
}

std::uint32_t Random::below(std::uint32_t n) noexcept {
  // Lemire's multiply-and-reject: unbiased, and a division only in the rare case.
  std::uint64_t product = static_cast<std::uint64_t>(bits()) * n;
  if (static_cast<std::uint32_t>(product) < n) {
    const std::uint32_t threshold = (0U - n) % n;
    while (static_cast<std::uint32_t>(product) < threshold)
      product = static_cast<std::uint64_t>(bits()) * n;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

bool Random::chance(float probability) noexcept { return uniform() < probability; }

float Random::normal() noexcept {
  // Box-Muller, one value per call: no hidden state that a copy of the stream would lack.
  const float radius = std::sqrt(-2.0F * std::log(1.0F - uniform()));
  return radius * std::cos(6.2831853F * uniform());
}

}  // namespace faceshot::base
