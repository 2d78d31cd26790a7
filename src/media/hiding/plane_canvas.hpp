// Writable pictures of any kind of planes: BGR photographs, and YUV frames from decoders (made by
// video/painting/canvas.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/drawing/canvas.hpp"

namespace faceshot::media {

/// Samples of one kind: luma, one chroma component, blue.
struct PaintPlane {
  std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;   ///< bytes from one row to the next
  int step = 1;                ///< bytes from one sample to the next
  int bytes = 1;               ///< per sample: 1 or 2
  int shift = 0;               ///< of two-byte samples: how far their bits are shifted left
  int width = 0, height = 0;   ///< samples
  int log2_x = 0, log2_y = 0;  ///< pixels per sample, as a power of two
};

/// The meaning of a picture's samples: BGR, or YUV.
struct PaintColours {
  bool yuv = false;
  bool hd = false;    ///< BT.709, not BT.601
  bool full = false;  ///< full range, not the video range
  int depth = 8;      ///< bits
};

/// A picture to paint on, in its own pixels as stored.
class PlaneCanvas {
 public:
  /// @param picture must outlive it
  explicit PlaneCanvas(const Canvas& picture);
  /// @param planes must outlive it
  PlaneCanvas(int width, int height, std::vector<PaintPlane> planes, const PaintColours& colours);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] const std::vector<PaintPlane>& planes() const noexcept { return planes_; }
  /// The colour as one value per plane.
  [[nodiscard]] std::array<int, 3> values_of(const Bgr& colour) const;

 private:
  std::vector<PaintPlane> planes_;
  int width_ = 0, height_ = 0;
  PaintColours colours_;
};

/// The value of a sample. @pre inside the plane
[[nodiscard]] inline int sample(const PaintPlane& p, int x, int y) noexcept {
  const std::uint8_t* const at = p.data + p.stride * y + std::ptrdiff_t{p.step} * x;
  return p.bytes == 1 ? *at : (at[0] | at[1] << 8) >> p.shift;
}
inline void set_sample(const PaintPlane& p, int x, int y, int value) noexcept {
  std::uint8_t* const at = p.data + p.stride * y + std::ptrdiff_t{p.step} * x;
  if (p.bytes == 1) {
    *at = static_cast<std::uint8_t>(value);
    return;
  }
  at[0] = static_cast<std::uint8_t>(value << p.shift);
  at[1] = static_cast<std::uint8_t>(value << p.shift >> 8);
}

}  // namespace faceshot::media
