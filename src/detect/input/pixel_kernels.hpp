// The inner loops of letterbox.hpp. Compiled for several instruction sets; the best that the
// machine has is taken when the program runs. Pure functions, safe to call from many threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "faceshot/image_view.hpp"

namespace faceshot::detect::pixels {

/// One row of bytes and what it counts.
struct WeightedRow {
  const std::uint8_t* values;
  float weight;
};

/// sum[i] = rows[0].values[i] * rows[0].weight + ...
/// @param rows at least one @param count values of each
void sum_rows(std::span<const WeightedRow> rows, std::size_t count, float* sum);

/// What becomes of each channel in the end: value * gain + offset, in the channels' order in
/// memory, and where it goes.
struct Planes {
  std::array<float, 3> gain, offset;
  std::array<float*, 3> out;
};

/// The pixels of a row that each output pixel is made of: as many for all, some of which count
/// nothing.
struct ColumnTaps {
  std::span<const int> first;      ///< pixel, for each output pixel
  std::span<const float> weights;  ///< `count` for each
  std::size_t count = 1;
};

/// Weighted sums along a row of pixels, as planes.
/// @param row pixels of `step` floats, of which the first three count; one float and `taps.count`
///            pixels behind the last are read, and must be numbers
/// @param step 3 or 4
void scale_columns(const float* row, std::size_t step, const ColumnTaps& taps,
                   const Planes& planes);

/// A row of pixels as planes, as it is. @param step bytes a pixel: 3 or 4
void split_pixels(const std::uint8_t* row, std::size_t pixels, std::size_t step,
                  const Planes& planes);

/// Three equal channels of one. @param out three floats a pixel
void expand_gray(const float* row, std::size_t pixels, float* out);

/// Weighted sums along a row of single values. @param row `taps.count` values behind the last are
/// read, and must be numbers
void scale_plane(const float* row, const ColumnTaps& taps, float* out);

/// Luma and chroma of a row.
struct YuvRow {
  const float* luma;        ///< a pixel each
  const float *blue, *red;  ///< differences, for two pixels each
  std::size_t step;         ///< floats from one to the next: 1 or 2
  YuvColour colour;
};

/// Luma and chroma that are a pixel each (`row.step` is not looked at), as planes: of pixels, blue
/// first, cut to 0 to 255.
void convert_yuv_planes(const YuvRow& row, std::size_t pixels, const Planes& planes);

/// Blue, green and red, 0 to 255. @param out three floats a pixel
void convert_yuv(const YuvRow& row, std::size_t pixels, float* out);

}  // namespace faceshot::detect::pixels
