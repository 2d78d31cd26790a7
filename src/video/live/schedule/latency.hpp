// Quantiles of latency, in little memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace faceshot::video {

/// A histogram whose bins grow by a twentieth, from 0.1 ms to 100 s: quantiles are accurate to 2.5
/// %. Not thread safe.
class LatencyHistogram {
 public:
  /// @param seconds values beyond the bins count in the nearest one
  void add(double seconds) noexcept;
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] double sum() const noexcept { return sum_; }
  /// @param share in [0, 1] @return seconds; 0 if there are no values
  [[nodiscard]] double quantile(double share) const noexcept;
  void clear() noexcept { *this = {}; }
  void add(const LatencyHistogram& other) noexcept;

 private:
  static constexpr std::size_t bins = 285;
  std::array<std::int64_t, bins> counts_{};
  std::int64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace faceshot::video
