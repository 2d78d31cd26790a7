// Counter-based random numbers: the same key gives the same sequence on any machine, in any thread,
// in any order of use. This is what makes a batch independent of the number of loader workers and
// of resumes.
//
// Philox4x32-10 of J. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
#pragma once

#include <array>
#include <cstdint>

namespace faceshot::base {

/// One block of Philox4x32 with 10 rounds: four 32-bit words from a counter and a key. Pure.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key) noexcept;

/// A stream of random numbers. Cheap to make: give every sample its own.
/// Not thread safe; distinct objects are independent.
class Random {
 public:
  /// The stream of one sample: (seed, epoch, index). `stream` separates several uses of the same
  /// sample (augmentation, shuffling, ...).
  explicit Random(std::uint64_t seed, std::uint32_t epoch = 0, std::uint32_t index = 0,
                  std::uint32_t stream = 0) noexcept;

  [[nodiscard]] std::uint32_t bits() noexcept;                  ///< 32 random bits
  [[nodiscard]] float uniform() noexcept;                       ///< in [0, 1)
  [[nodiscard]] float uniform(float low, float high) noexcept;  ///< in [low, high); low <= high
  [[nodiscard]] std::uint32_t below(std::uint32_t n) noexcept;  ///< in [0, n), unbiased; n > 0
  [[nodiscard]] bool chance(float probability) noexcept;        ///< true with this probability
  [[nodiscard]] float normal() noexcept;                        ///< mean 0, deviation 1

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace faceshot::base
