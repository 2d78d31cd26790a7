// Pictures of any kind of planes, to be painted on: YUV frames as decoders leave them, and BGR
// photographs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/drawing/canvas.hpp"

struct AVFrame;

namespace faceshot::video {

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

/// A picture that may be painted on. What is painted is in its own pixels, as stored.
class Canvas {
 public:
  /// @param picture which must outlive it; its samples are made its own alone
  /// @throws Error(unsupported) unless paintable()
  explicit Canvas(AVFrame& picture);
  explicit Canvas(const media::Canvas& picture);

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] const std::vector<PaintPlane>& planes() const noexcept { return planes_; }
  /// The colour as a value for each plane.
  [[nodiscard]] std::array<int, 3> values_of(const media::Bgr& colour) const;

 private:
  std::vector<PaintPlane> planes_;
  int width_ = 0, height_ = 0;
  bool yuv_ = false, hd_ = false, full_ = false;
  int depth_ = 8;
};

/// Whether frames of this format of libav's can be painted on as they are.
[[nodiscard]] bool paintable(int pixel_format);

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

}  // namespace faceshot::video
