// Operations that are not worth a oneDNN primitive. All work on dense float arrays, on the calling
// thread; sizes are in elements.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/graph.hpp"

namespace faceshot::engine {

void relu(const float* in, float* out, std::int64_t count);
void clip(const float* in, float* out, std::int64_t count, float low, float high);
void sigmoid(const float* in, float* out, std::int64_t count);
void add(const float* a, const float* b, float* out, std::int64_t count);
void mul(const float* a, const float* b, float* out, std::int64_t count);

/// out = in * scale + shift, where element i belongs to channel i / inner % channels. Empty scale
/// means 1, empty shift 0; a single value is for all channels.
void scale_shift(const float* in, float* out, std::int64_t count, std::int64_t inner,
                 std::int64_t channels, const std::vector<float>& scale,
                 const std::vector<float>& shift);

/// Softmax over the middle of [outer, size, inner].
void softmax(const float* in, float* out, std::int64_t outer, std::int64_t size,
             std::int64_t inner);

/// Repeats pixels: [height, width, channels] to [height * fy, width * fx, channels].
void resize_nearest(const float* in, float* out, std::int64_t height, std::int64_t width,
                    std::int64_t channels, std::int64_t factor_y, std::int64_t factor_x);

/// Copies `block` elements per outer index into a row of `row` elements, starting at `offset`.
void copy_blocks(const float* in, float* out, std::int64_t outer, std::int64_t block,
                 std::int64_t row, std::int64_t offset);

/// out[index] = in[permuted index] for a row-major `in` of shape `shape`; up to any rank.
void permute(const float* in, float* out, const Shape& shape, const Shape& permutation);

}  // namespace faceshot::engine
