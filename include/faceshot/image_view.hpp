// Pixels that someone else owns: how images enter the runtime library, without a copy and without
// any imaging library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace faceshot {

enum class PixelFormat : std::uint8_t {
  bgr,   ///< 3 bytes a pixel, OpenCV's default
  rgb,   ///< 3 bytes a pixel
  bgra,  ///< 4 bytes a pixel, alpha ignored
  rgba,  ///< 4 bytes a pixel, alpha ignored
  gray,  ///< 1 byte a pixel
  nv12,  ///< 1 byte of luma a pixel, and a plane of chroma: what cameras and video decoders give
};

/// In the rows of ImageView::data.
[[nodiscard]] constexpr int bytes_per_pixel(PixelFormat f) noexcept {
  switch (f) {
    case PixelFormat::gray:
    case PixelFormat::nv12:
      return 1;
    case PixelFormat::bgra:
    case PixelFormat::rgba:
      return 4;
    default:
      return 3;
  }
}

/// A non-owning view of interleaved 8-bit pixels. The pixels must outlive every call that gets the
/// view; nothing writes through it.
struct ImageView {
  const std::uint8_t* data = nullptr;  ///< first byte of the top row; of NV12's luma
  int width = 0;                       ///< pixels
  int height = 0;                      ///< pixels
  std::ptrdiff_t stride = 0;           ///< bytes from one row to the next
  PixelFormat format = PixelFormat::bgr;
  /// NV12 alone: pairs of bytes, blue and red difference, for each two columns of each two rows
  /// ((width + 1) / 2 pairs, (height + 1) / 2 rows); video range, ITU-R BT.601.
  const std::uint8_t* chroma = nullptr;
  std::ptrdiff_t chroma_stride = 0;  ///< bytes from one row of it to the next

  [[nodiscard]] constexpr bool empty() const noexcept {
    return data == nullptr || width <= 0 || height <= 0 ||
           (format == PixelFormat::nv12 && chroma == nullptr);
  }
  [[nodiscard]] const std::uint8_t* row(int y) const noexcept { return data + stride * y; }
};

}  // namespace faceshot
