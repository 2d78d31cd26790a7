// The loops over grey pixels that estimate camera motion, compiled for each instruction-set level
// (base/simd/levels.hpp). Integers only: results are the same at every level.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/simd/isa.hpp"

namespace faceshot::track {

/// Of a block of 16 x 16 pixels: sums of the pixels, their squares, and the products of their
/// horizontal and vertical differences.
struct TextureSums {
  int pixels = 0, squares = 0, xx = 0, yy = 0, xy = 0;

  friend bool operator==(const TextureSums&, const TextureSums&) = default;
};

/// Of two such blocks.
struct PairSums {
  int a = 0, b = 0, aa = 0, bb = 0, ab = 0;

  friend bool operator==(const PairSums&, const PairSums&) = default;
};

struct LumaKernels {
  /// out[x] = mean of `side` x `side` pixels, beginning at the row `rows`, rounded. `sums`: `side`
  /// * `width` numbers of the caller's. side from 1 to 257.
  void (*reduce_rows)(const std::uint8_t* rows, std::ptrdiff_t stride, int side, int width,
                      std::uint16_t* sums, std::uint8_t* out);
  /// out[x] = mean of two by two pixels, rounded.
  void (*halve_rows)(const std::uint8_t* above, const std::uint8_t* below, int width,
                     std::uint8_t* out);
  /// Sum of count pixels.
  long (*sum)(const std::uint8_t* pixels, std::size_t count);
  /// Sum of |a - clamp(b + offset, 0, 255)| over `height` rows of at most 4,000,000 pixels each;
  /// offset from -255 to 255.
  long (*differences)(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                      std::ptrdiff_t b_stride, int width, int height, int offset);
  /// `below_last` is the row below the block, or its last row again at the bottom of the picture.
  TextureSums (*texture)(const std::uint8_t* block, std::ptrdiff_t stride,
                         const std::uint8_t* below_last);
  PairSums (*pair)(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b,
                   std::ptrdiff_t b_stride);
};

/// Of the highest compiled level up to `level`; of the CPU's level.
[[nodiscard]] const LumaKernels& luma_kernels_at(base::Isa level);
[[nodiscard]] const LumaKernels& luma_kernels();

}  // namespace faceshot::track
