#include "engine/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace faceshot::engine {

void relu(const float* in, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = std::max(in[i], 0.0F);
}

void clip(const float* in, float* out, std::int64_t count, float low, float high) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = std::min(std::max(in[i], low), high);
}

void sigmoid(const float* in, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = 1 / (1 + std::exp(-in[i]));
}

void add(const float* a, const float* b, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = a[i] + b[i];
}

void mul(const float* a, const float* b, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

void scale_shift(const float* in, float* out, std::int64_t count, std::int64_t inner,
                 std::int64_t channels, const std::vector<float>& scale,
                 const std::vector<float>& shift) {
  const auto of = [](const std::vector<float>& values, std::int64_t c, float standard) {
    return values.empty() ? standard : values[values.size() == 1 ? 0 : static_cast<std::size_t>(c)];
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t c = i / inner % channels;
    out[i] = in[i] * of(scale, c, 1.0F) + of(shift, c, 0.0F);
  }
}

void softmax(const float* in, float* out, std::int64_t outer, std::int64_t size,
             std::int64_t inner) {
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

void resize_nearest(const float* in, float* out, std::int64_t height, std::int64_t width,
                    std::int64_t channels, std::int64_t factor_y, std::int64_t factor_x) {
  const std::int64_t row = width * factor_x * channels;
  for (std::int64_t y = 0; y < height; ++y) {
    float* const first = out + y * factor_y * row;
    for (std::int64_t x = 0; x < width; ++x)
      for (std::int64_t f = 0; f < factor_x; ++f)
        std::copy_n(in + (y * width + x) * channels, channels,
                    first + (x * factor_x + f) * channels);
    for (std::int64_t f = 1; f < factor_y; ++f) std::copy_n(first, row, first + f * row);
  }
}

void copy_blocks(const float* in, float* out, std::int64_t outer, std::int64_t block,
                 std::int64_t row, std::int64_t offset) {
  for (std::int64_t o = 0; o < outer; ++o)
    std::copy_n(in + o * block, block, out + o * row + offset);
}

void permute(const float* in, float* out, const Shape& shape, const Shape& permutation) {
  const std::size_t rank = shape.size();
  // A 4-D copy with the innermost axis in a tight loop covers what networks contain; other ranks
  // are brought to it by leading axes of size 1.
  std::int64_t size[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  std::int64_t step[8] = {};
  std::int64_t strides[8] = {};
  std::int64_t stride = 1;
  for (std::size_t d = rank; d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  for (std::size_t d = 0; d < rank; ++d) {
    const auto from = static_cast<std::size_t>(permutation[d]);
    size[8 - rank + d] = shape[from];
    step[8 - rank + d] = strides[from];
  }
  std::int64_t index[8] = {};
  const std::int64_t total = stride;
  for (std::int64_t done = 0; done < total; done += size[7]) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < 7; ++d) at += index[d] * step[d];
    for (std::int64_t i = 0; i < size[7]; ++i) *out++ = in[at + i * step[7]];
    for (std::size_t d = 7; d-- > 0;) {
      if (++index[d] < size[d]) break;
      index[d] = 0;
    }
  }
}

}  // namespace faceshot::engine
