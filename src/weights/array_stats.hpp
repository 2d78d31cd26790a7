// Statistics of an array of numbers.
#pragma once

#include <cstddef>
#include <vector>

namespace faceshot::weights {

struct ArrayStats {
  double min = 0, mean = 0, max = 0;
  double std = 0;              ///< of the population, as numpy.std() has it
  std::size_t not_finite = 0;  ///< infinities and NaNs, which the figures above leave out
};

/// All zero where there are no finite values.
[[nodiscard]] ArrayStats array_stats(const std::vector<float>& values);

}  // namespace faceshot::weights
