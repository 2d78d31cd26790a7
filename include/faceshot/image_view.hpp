// Pixels that someone else owns: how images enter the runtime library, without a copy and without
// any imaging library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace faceshot {
inline namespace v0_1 {

enum class PixelFormat : std::uint8_t {
  bgr,   ///< 3 bytes per pixel, OpenCV's default
  rgb,   ///< 3 bytes per pixel
  bgra,  ///< 4 bytes per pixel, alpha ignored
  rgba,  ///< 4 bytes per pixel, alpha ignored
  gray,  ///< 1 byte per pixel
  nv12,  ///< 1 byte of luma per pixel, and a plane of chroma: from cameras and video decoders
  i420,  ///< 1 byte of luma per pixel, and two planes of chroma: from software decoders
};

/// The meaning of luma and chroma: ITU-R BT.601 (cameras, small films) or BT.709 (high definition),
/// in video range (luma from 16 to 235) or in full range (0 to 255).
enum class YuvColour : std::uint8_t { bt601, bt601_full, bt709, bt709_full };

/// In the rows of ImageView::data.
[[nodiscard]] constexpr int bytes_per_pixel(PixelFormat f) noexcept {
  switch (f) {
    case PixelFormat::gray:
    case PixelFormat::nv12:
    case PixelFormat::i420:
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
  const std::uint8_t* data = nullptr;  ///< first byte of the top row; of NV12's and I420's luma
  int width = 0;                       ///< pixels
  int height = 0;                      ///< pixels
  std::ptrdiff_t stride = 0;           ///< bytes from one row to the next
  PixelFormat format = PixelFormat::bgr;
  /// NV12: pairs of bytes, blue and red difference, for each two columns of each two rows
  /// ((width + 1) / 2 pairs, (height + 1) / 2 rows). I420: only the blue difference, one byte each.
  const std::uint8_t* chroma = nullptr;
  std::ptrdiff_t chroma_stride = 0;  ///< bytes from one row of it to the next; of both in I420
  const std::uint8_t* chroma_red = nullptr;  ///< I420 only: red difference, as `chroma`
  YuvColour colour = YuvColour::bt601;       ///< NV12 and I420 only

  [[nodiscard]] constexpr bool empty() const noexcept {
    return data == nullptr || width <= 0 || height <= 0 ||
           (format == PixelFormat::nv12 && chroma == nullptr) ||
           (format == PixelFormat::i420 && (chroma == nullptr || chroma_red == nullptr));
  }
  [[nodiscard]] const std::uint8_t* row(int y) const noexcept { return data + stride * y; }
};

}  // namespace v0_1
}  // namespace faceshot
