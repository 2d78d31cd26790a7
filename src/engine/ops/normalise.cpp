#include "engine/ops/normalise.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::engine {

void softmax(const AroundAxis& around, const float* in, float* out) {
  const auto [outer, size, inner] = around;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t i = 0; i < inner; ++i) {
      const float* const x = in + o * size * inner + i;
      float* const y = out + o * size * inner + i;
      float largest = x[0];
      for (std::int64_t c = 1; c < size; ++c) largest = std::max(largest, x[c * inner]);
      float sum = 0;
      for (std::int64_t c = 0; c < size; ++c)
        sum += y[c * inner] = std::exp(x[c * inner] - largest);
      for (std::int64_t c = 0; c < size; ++c) y[c * inner] /= sum;
    }
  }
}

void lp_normalise(const AroundAxis& around, std::int64_t norm, const float* in, float* out) {
  const auto [outer, size, inner] = around;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t i = 0; i < inner; ++i) {
      const float* const x = in + o * size * inner + i;
      float* const y = out + o * size * inner + i;
      float sum = 0;
      for (std::int64_t c = 0; c < size; ++c)
        sum += norm == 1 ? std::abs(x[c * inner]) : x[c * inner] * x[c * inner];
      const float length = norm == 1 ? sum : std::sqrt(sum);
      const float factor = length > 0 ? 1 / length : 0.0F;
      for (std::int64_t c = 0; c < size; ++c) y[c * inner] = x[c * inner] * factor;
    }
  }
}

}  // namespace faceshot::engine
