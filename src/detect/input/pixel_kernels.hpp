// The inner loops of letterbox.hpp. Compiled for several instruction sets; the best that the
// machine supports is selected at run time. Pure functions, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "faceshot/image_view.hpp"

namespace faceshot::detect::pixels {

/// One row of bytes and its weight.
struct WeightedRow {
  const std::uint8_t* values;
  float weight;
};

/// sum[i] = rows[0].values[i] * rows[0].weight + ...
/// @param rows at least one @param count values of each
void sum_rows(std::span<const WeightedRow> rows, std::size_t count, float* sum);

/// Final value of each channel: value * gain + offset, in the channels' order in memory, and where
/// to store it.
struct Planes {
  std::array<float, 3> gain, offset;
  std::array<float*, 3> out;
};

/// The source pixels of each output pixel of a row. All output pixels have the same number of taps;
/// some weights are 0.
struct ColumnTaps {
  std::span<const int> first;      ///< pixel, for each output pixel
  std::span<const float> weights;  ///< `count` for each
  std::size_t count = 1;
};

/// Weighted sums along a row of pixels, written to planes.
/// @param row pixels of `step` floats, of which the first three are used; one float and
/// `taps.count`
///            pixels after the last are read, and must be numbers
/// @param step 3 or 4
void scale_columns(const float* row, std::size_t step, const ColumnTaps& taps,
                   const Planes& planes);

/// Splits a row of pixels into planes, unscaled. @param step bytes per pixel: 3 or 4
void split_pixels(const std::uint8_t* row, std::size_t pixels, std::size_t step,
                  const Planes& planes);

/// Repeats one channel as three. @param out three floats per pixel
void expand_gray(const float* row, std::size_t pixels, float* out);

/// Weighted sums along a row of single values. @param row `taps.count` values after the last are
/// read, and must be numbers
void scale_plane(const float* row, const ColumnTaps& taps, float* out);

/// Luma and chroma of a row.
struct YuvRow {
  const float* luma;        ///< one per pixel
  const float *blue, *red;  ///< differences, one per two pixels
  std::size_t step;         ///< floats from one to the next: 1 or 2
  YuvColour colour;
};

/// Converts luma and chroma at full resolution (`row.step` is ignored) to planes: blue first,
/// clamped to 0 to 255 before gain and offset.
void convert_yuv_planes(const YuvRow& row, std::size_t pixels, const Planes& planes);

/// The two rows of luma and the row of chroma from which a row half as wide is made.
struct DoubleYuvRow {
  const std::uint8_t *above, *below;
  const std::uint8_t *blue, *red;
  YuvColour colour;
};

/// The same for a picture of half the width and height, in one pass: the common case for films,
/// frames of 1280 pixels for inputs of 640. Luma is the mean of two by two. @param pixels of output
void halve_yuv(const DoubleYuvRow& row, std::size_t pixels, const Planes& planes);

/// Blue, green and red, 0 to 255. @param out three floats per pixel
void convert_yuv(const YuvRow& row, std::size_t pixels, float* out);

}  // namespace faceshot::detect::pixels
