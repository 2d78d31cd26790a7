#include "detect/input/pixel_kernels.hpp"

#include <algorithm>
#include <cstring>

#include "base/simd/levels.hpp"

namespace faceshot::detect::pixels {
namespace {

/// blue = gain * (y - black) + blue_u * u, ...
struct YuvMatrix {
  float black, gain, blue_u, green_u, green_v, red_v;
};

/// From the standards' weights of red and blue in luma.
constexpr YuvMatrix yuv_matrix(YuvColour colour) {
  const bool hd = colour == YuvColour::bt709 || colour == YuvColour::bt709_full;
  const bool full = colour == YuvColour::bt601_full || colour == YuvColour::bt709_full;
  const double red = hd ? 0.2126 : 0.299, blue = hd ? 0.0722 : 0.114, green = 1 - red - blue;
  const double chroma = full ? 1.0 : 255.0 / 224;
  return {full ? 0.0F : 16.0F,
          full ? 1.0F : static_cast<float>(255.0 / 219),
          static_cast<float>(chroma * 2 * (1 - blue)),
          static_cast<float>(-chroma * 2 * (1 - blue) * blue / green),
          static_cast<float>(-chroma * 2 * (1 - red) * red / green),
          static_cast<float>(chroma * 2 * (1 - red))};
}

struct Kernels {
  decltype(&sum_rows) rows;
  decltype(&scale_columns) columns;
  decltype(&split_pixels) split;
  decltype(&expand_gray) gray;
  decltype(&convert_yuv) yuv;
  decltype(&scale_plane) plane;
  decltype(&convert_yuv_planes) yuv_planes;
  decltype(&halve_yuv) halve;
};

#define FACESHOT_KERNELS "detect/input/pixel_loops.inc"
#include "base/simd/each_level.inc"

const Kernels& best() {
  static const Kernels& chosen = FACESHOT_KERNELS_AT(base::isa(), kernels);
  return chosen;
}

}  // namespace

void sum_rows(std::span<const WeightedRow> rows, std::size_t count, float* sum) {
  best().rows(rows, count, sum);
}
void scale_columns(const float* row, std::size_t step, const ColumnTaps& taps,
                   const Planes& planes) {
  best().columns(row, step, taps, planes);
}
void split_pixels(const std::uint8_t* row, std::size_t pixels, std::size_t step,
                  const Planes& planes) {
  best().split(row, pixels, step, planes);
}
void expand_gray(const float* row, std::size_t pixels, float* out) {
  best().gray(row, pixels, out);
}
void scale_plane(const float* row, const ColumnTaps& taps, float* out) {
  best().plane(row, taps, out);
}
void halve_yuv(const DoubleYuvRow& row, std::size_t pixels, const Planes& planes) {
  best().halve(row, pixels, planes);
}
void convert_yuv_planes(const YuvRow& row, std::size_t pixels, const Planes& planes) {
  best().yuv_planes(row, pixels, planes);
}
void convert_yuv(const YuvRow& row, std::size_t pixels, float* out) {
  best().yuv(row, pixels, out);
}

}  // namespace faceshot::detect::pixels
