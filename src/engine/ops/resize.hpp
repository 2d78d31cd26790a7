// Resizing of feature maps.
#pragma once

#include <cstdint>

#include "engine/ops/resize_table.hpp"

namespace faceshot::engine {

/// One image [height, width, channels], on the calling thread; `y` and `x` give the source of each
/// row and column of the result.
/// @param width of the input
void resize_nearest(const float* in, float* out, std::int64_t width, std::int64_t channels,
                    const ResizeTable& y, const ResizeTable& x);
void resize_linear(const float* in, float* out, std::int64_t width, std::int64_t channels,
                   const ResizeTable& y, const ResizeTable& x);

}  // namespace faceshot::engine
