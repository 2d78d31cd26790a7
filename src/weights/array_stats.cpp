#include "weights/array_stats.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::weights {

ArrayStats array_stats(const std::vector<float>& values) {
  ArrayStats stats;
  double sum = 0;
  std::size_t count = 0;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const auto v = static_cast<double>(value);
    stats.min = count == 0 ? v : std::min(stats.min, v);
    stats.max = count == 0 ? v : std::max(stats.max, v);
    sum += v;
    ++count;
  }
  stats.not_finite = values.size() - count;
  if (count == 0) return stats;
  stats.mean = sum / static_cast<double>(count);
  // A second pass: differences of large squares would lose precision.
  double squares = 0;
  for (const float value : values)
    if (std::isfinite(value)) squares += std::pow(static_cast<double>(value) - stats.mean, 2);
  stats.std = std::sqrt(squares / static_cast<double>(count));
  return stats;
}

}  // namespace faceshot::weights
