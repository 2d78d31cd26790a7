#include "track/luma_pyramid.hpp"

#include <algorithm>

#include "track/luma_kernels.hpp"

namespace faceshot::track {
namespace {

void set_size(LumaPlane& plane, int width, int height) {
  plane.width = width;
  plane.height = height;
  plane.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
}

/// ITU-R BT.601's luma of a pixel, 0..255.
unsigned luma_of(const std::uint8_t* pixel, bool blue_first) {
  const unsigned blue = pixel[blue_first ? 0 : 2], red = pixel[blue_first ? 2 : 0];
  return (29 * blue + 150 * static_cast<unsigned>(pixel[1]) + 77 * red + 128) >> 8;
}

void halve(const LumaPlane& from, LumaPlane& to) {
  set_size(to, std::max(1, from.width / 2), std::max(1, from.height / 2));
  if (from.width < 2) {  // a picture one pixel wide
    for (int y = 0; y < to.height; ++y)
      to.pixels[static_cast<std::size_t>(y)] = static_cast<std::uint8_t>(
          (*from.row(2 * y) + *from.row(std::min(2 * y + 1, from.height - 1)) + 1) / 2);
    return;
  }
  const LumaKernels& kernels = luma_kernels();
  for (int y = 0; y < to.height; ++y)
    kernels.halve_rows(from.row(2 * y), from.row(std::min(2 * y + 1, from.height - 1)), to.width,
                       to.pixels.data() + static_cast<std::ptrdiff_t>(y) * to.width);
}

}  // namespace

void LumaPyramid::take(const ImageView& frame) {
  const int side = std::max(frame.width, frame.height);
  factor_ = std::max(1, (side + longest - 1) / longest);
  set_size(planes_[0], std::max(1, frame.width / factor_), std::max(1, frame.height / factor_));
  if (bytes_per_pixel(frame.format) == 1)
    reduce_gray(frame);
  else
    reduce_color(frame);
  for (int i = 1; i < levels; ++i) halve(planes_[i - 1], planes_[i]);
}

/// Means of all pixels.
void LumaPyramid::reduce_gray(const ImageView& frame) {
  LumaPlane& plane = planes_[0];
  const int f = std::min({factor_, frame.width, frame.height});
  sums_.resize(static_cast<std::size_t>(f) * static_cast<std::size_t>(plane.width));
  const LumaKernels& kernels = luma_kernels();
  for (int y = 0; y < plane.height; ++y)
    kernels.reduce_rows(frame.row(y * factor_), frame.stride, f, plane.width, sums_.data(),
                        plane.pixels.data() + static_cast<std::ptrdiff_t>(y) * plane.width);
}

/// Means of at most 4 x 4 pixels, spread over each output pixel: luma has to be computed for each.
void LumaPyramid::reduce_color(const ImageView& frame) {
  LumaPlane& plane = planes_[0];
  const int f = std::min({factor_, frame.width, frame.height});
  const int step = std::max(1, f / 4), count = (f + step - 1) / step;
  const auto area = static_cast<unsigned>(count * count);
  const int bytes = bytes_per_pixel(frame.format);
  const bool blue_first = frame.format == PixelFormat::bgr || frame.format == PixelFormat::bgra;
  for (int y = 0; y < plane.height; ++y) {
    std::uint8_t* const out = plane.pixels.data() + static_cast<std::ptrdiff_t>(y) * plane.width;
    for (int x = 0; x < plane.width; ++x) {
      unsigned sum = area / 2;
      for (int dy = 0; dy < f; dy += step) {
        const std::uint8_t* const row = frame.row(y * factor_ + dy);
        for (int dx = 0; dx < f; dx += step)
          sum += luma_of(row + static_cast<std::ptrdiff_t>(x * factor_ + dx) * bytes, blue_first);
      }
      out[x] = static_cast<std::uint8_t>(sum / area);
    }
  }
}

}  // namespace faceshot::track
