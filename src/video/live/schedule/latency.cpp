#include "video/live/schedule/latency.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::video {
namespace {

constexpr double latency_least = 1e-4, latency_growth = 1.05;

}  // namespace

void LatencyHistogram::add(double seconds) noexcept {
  const double bin =
      seconds > latency_least ? std::log(seconds / latency_least) / std::log(latency_growth) : 0;
  ++counts_[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
  ++count_;
  sum_ += std::max(0.0, seconds);
}

double LatencyHistogram::quantile(double share) const noexcept {
  if (count_ == 0) return 0;
  const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count_);
  std::int64_t seen = 0;
  std::size_t bin = 0;
  for (; bin + 1 < bins; ++bin) {
    seen += counts_[bin];
    if (seen > 0 && static_cast<double>(seen) >= wanted) break;
  }
  return latency_least * std::pow(latency_growth, static_cast<double>(bin) + 0.5);
}

void LatencyHistogram::add(const LatencyHistogram& other) noexcept {
  for (std::size_t i = 0; i < bins; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
}

}  // namespace faceshot::video
