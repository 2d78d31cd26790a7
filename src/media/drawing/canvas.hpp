// A canvas on pixels that someone else owns.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "media/photographs/image.hpp"

namespace faceshot::media {

using Bgr = std::array<std::uint8_t, 3>;

/// Whole pixels; may reach beyond the picture.
struct Rectangle {
  int x = 0, y = 0, width = 0, height = 0;

  [[nodiscard]] constexpr int right() const noexcept { return x + width; }
  [[nodiscard]] constexpr int bottom() const noexcept { return y + height; }
  [[nodiscard]] constexpr bool empty() const noexcept { return width <= 0 || height <= 0; }
  friend constexpr bool operator==(const Rectangle&, const Rectangle&) = default;
};

/// The intersection; empty if they do not meet.
[[nodiscard]] constexpr Rectangle operator&(const Rectangle& a, const Rectangle& b) noexcept {
  const int x = std::max(a.x, b.x);
  const int y = std::max(a.y, b.y);
  return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

/// A writable view of 8-bit BGR.
struct Canvas {
  std::uint8_t* data = nullptr;
  int width = 0, height = 0;  ///< pixels
  std::ptrdiff_t stride = 0;  ///< bytes from one row to the next

  Canvas() = default;
  Canvas(std::uint8_t* pixels, int columns, int rows, std::ptrdiff_t row_bytes) noexcept
      : data(pixels), width(columns), height(rows), stride(row_bytes) {}
  /// All of an image, which must outlive it. Implicit: images are drawn on directly.
  Canvas(Image& image) noexcept
      : Canvas(image.row(0), image.width(), image.height(),
               static_cast<std::ptrdiff_t>(image.stride())) {}

  [[nodiscard]] bool empty() const noexcept { return data == nullptr || width <= 0 || height <= 0; }
  [[nodiscard]] Rectangle all() const noexcept { return {0, 0, width, height}; }
  [[nodiscard]] std::uint8_t* at(int x, int y) const noexcept { return data + stride * y + 3 * x; }
};

/// Paints the part of `area` that lies on the canvas.
void fill(const Canvas& canvas, const Rectangle& area, const Bgr& colour);

/// Blends `colour` over a pixel of the canvas. @param opacity 0 to 255
inline void blend(const Canvas& canvas, int x, int y, const Bgr& colour, int opacity) {
  std::uint8_t* const pixel = canvas.at(x, y);
  for (std::size_t channel = 0; channel < 3; ++channel)
    pixel[channel] = static_cast<std::uint8_t>(
        (pixel[channel] * (255 - opacity) + colour[channel] * opacity + 127) / 255);
}

/// A disc with smooth edges. @param x, y its centre, continuous (the first pixel's centre is 0.5)
void draw_disc(const Canvas& canvas, float x, float y, float radius, const Bgr& colour);

}  // namespace faceshot::media
