#include "track/luma_pyramid.hpp"

#include <algorithm>

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
  for (int y = 0; y < to.height; ++y) {
    const std::uint8_t* const above = from.row(std::min(2 * y, from.height - 1));
    const std::uint8_t* const below = from.row(std::min(2 * y + 1, from.height - 1));
    std::uint8_t* const out = to.pixels.data() + static_cast<std::ptrdiff_t>(y) * to.width;
    for (int x = 0; x < to.width; ++x) {
      const int left = std::min(2 * x, from.width - 1), right = std::min(2 * x + 1, from.width - 1);
      out[x] = static_cast<std::uint8_t>(
          (above[left] + above[right] + below[left] + below[right] + 2) / 4);
    }
  }
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
  const int columns = std::min(plane.width * factor_, frame.width);
  sums_.resize(static_cast<std::size_t>(columns));
  const auto area = static_cast<std::uint32_t>(f * f);
  for (int y = 0; y < plane.height; ++y) {
    std::fill(sums_.begin(), sums_.end(), 0);
    for (int dy = 0; dy < f; ++dy) {
      const std::uint8_t* const row = frame.row(y * factor_ + dy);
      for (std::size_t x = 0; x < sums_.size(); ++x)
        sums_[x] = static_cast<std::uint16_t>(sums_[x] + row[x]);
    }
    std::uint8_t* const out = plane.pixels.data() + static_cast<std::ptrdiff_t>(y) * plane.width;
    for (int x = 0; x < plane.width; ++x) {
      std::uint32_t sum = area / 2;
      for (int dx = 0; dx < f; ++dx) sum += sums_[static_cast<std::size_t>(x * factor_ + dx)];
      out[x] = static_cast<std::uint8_t>(sum / area);
    }
  }
}

/// Means of at most 4 x 4 pixels, spread over those that become one: the luma of each must be
/// computed.
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
