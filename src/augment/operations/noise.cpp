#include "augment/operations/noise.hpp"

namespace faceshot::augment {

NormalNoise::NormalNoise(base::Random& random) {
  for (std::uint32_t& state : state_) state = random.bits() | 1U;  // 0 would stay 0
}

std::span<const std::int16_t> NormalNoise::next(std::size_t count) {
  const std::size_t blocks = (count + kLanes - 1) / kLanes;
  values_.resize(blocks * kLanes);
  std::array<std::uint32_t, kLanes> state = state_;  // local, so that it stays in registers
  for (std::size_t block = 0; block < blocks; ++block) {
    std::int16_t* out = values_.data() + block * kLanes;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::uint32_t word = state[lane];
      word ^= word << 13;
      word ^= word >> 17;
      word ^= word << 5;
      state[lane] = word;
      const std::uint32_t pairs = (word & 0x00FF00FFU) + ((word >> 8) & 0x00FF00FFU);
      const auto sum = static_cast<std::int32_t>((pairs & 0xFFFFU) + (pairs >> 16));
      out[lane] = static_cast<std::int16_t>(sum - 510);
    }
  }
  state_ = state;
  return std::span<const std::int16_t>(values_).first(count);
}

}  // namespace faceshot::augment
