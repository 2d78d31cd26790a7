#include "engine/ops/resize.hpp"

#include <algorithm>

namespace faceshot::engine {

void resize_nearest(const float* in, float* out, std::int64_t width, std::int64_t channels,
                    const ResizeTable& y, const ResizeTable& x) {
  const std::int64_t row = static_cast<std::int64_t>(x.first.size()) * channels;
  for (std::size_t i = 0; i < y.first.size(); ++i) {
    float* const to = out + static_cast<std::int64_t>(i) * row;
    if (i > 0 && y.first[i] == y.first[i - 1]) {
      std::copy_n(to - row, row, to);
      continue;
    }
    const float* const from = in + y.first[i] * width * channels;
    for (std::size_t j = 0; j < x.first.size(); ++j)
      std::copy_n(from + x.first[j] * channels, channels,
                  to + static_cast<std::int64_t>(j) * channels);
  }
}

void resize_linear(const float* in, float* out, std::int64_t width, std::int64_t channels,
                   const ResizeTable& y, const ResizeTable& x) {
  for (std::size_t i = 0; i < y.first.size(); ++i) {
    const float* const top = in + y.first[i] * width * channels;
    const float* const bottom = in + y.second[i] * width * channels;
    const float down = y.share[i];
    for (std::size_t j = 0; j < x.first.size(); ++j) {
      const std::int64_t left = x.first[j] * channels, right = x.second[j] * channels;
      const float along = x.share[j];
      for (std::int64_t c = 0; c < channels; ++c) {
        const float above = top[left + c] + (top[right + c] - top[left + c]) * along;
        const float below = bottom[left + c] + (bottom[right + c] - bottom[left + c]) * along;
        *out++ = above + (below - above) * down;
      }
    }
  }
}

}  // namespace faceshot::engine
