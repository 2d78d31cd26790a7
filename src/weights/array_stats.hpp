// Statistics of an array of numbers.
#pragma once

#include <cstddef>
#include <vector>

namespace faceshot::weights {

struct ArrayStats {
  double min = 0, mean = 0, max = 0;
  double std = 0;              ///< of the population, like numpy.std()
  std::size_t not_finite = 0;  ///< infinities and NaNs, which the figures above exclude
};

/// All zero if there are no finite values.
[[nodiscard]] ArrayStats array_stats(const std::vector<float>& values);

}  // namespace faceshot::weights
