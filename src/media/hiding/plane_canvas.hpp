// Pictures of any kind of planes, to be painted on: BGR photographs, and YUV frames as decoders
// leave them (video/painting/canvas.hpp makes those).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/drawing/canvas.hpp"

namespace faceshot::media {

/// Samples of one kind: luma, a chroma, blue.
struct PaintPlane {
  std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;   ///< bytes from one row to the next
  int step = 1;                ///< bytes from one sample to the next
  int bytes = 1;               ///< of a sample: 1 or 2
  int shift = 0;               ///< of two bytes: how far left its bits stand
  int width = 0, height = 0;   ///< samples
  int log2_x = 0, log2_y = 0;  ///< pixels a sample, as a power of two
};

/// What the samples of a picture stand for: BGR, or YUV.
struct PaintColours {
  bool yuv = false;
  bool hd = false;    ///< BT.709, not BT.601
  bool full = false;  ///< all values, not the video range
  int depth = 8;      ///< bits
};

/// A picture that may be painted on. What is painted is in its own pixels, as stored.
class PlaneCanvas {
 public:
  /// @param picture which must outlive it
  explicit PlaneCanvas(const Canvas& picture);
  /// @param planes which must outlive it
  PlaneCanvas(int width, int height, std::vector<PaintPlane> planes, const PaintColours& colours);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] const std::vector<PaintPlane>& planes() const noexcept { return planes_; }
  /// The colour as a value for each plane.
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
