// A frame's brightness at reduced size, from which camera motion and cuts are computed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot::track {

/// 8-bit grey pixels, rows without gaps.
struct LumaPlane {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

  [[nodiscard]] const std::uint8_t* row(int y) const noexcept {
    return pixels.data() + static_cast<std::ptrdiff_t>(y) * width;
  }
};

/// A frame reduced to at most `longest` pixels, then halved repeatedly.
class LumaPyramid {
 public:
  static constexpr int longest = 320, levels = 4;

  /// Allocates nothing for a frame of the same size as the previous one. @pre !frame.empty()
  void take(const ImageView& frame);

  [[nodiscard]] const LumaPlane& level(int i) const noexcept { return planes_[i]; }
  /// Pixels of the frame per pixel of level 0, in each direction.
  [[nodiscard]] int factor() const noexcept { return factor_; }
  /// False until the first frame.
  [[nodiscard]] bool taken() const noexcept { return planes_[0].width > 0; }
  void forget() noexcept { planes_[0].width = planes_[0].height = 0; }

 private:
  void reduce_gray(const ImageView& frame);
  void reduce_color(const ImageView& frame);

  LumaPlane planes_[levels];
  int factor_ = 1;
  std::vector<std::uint16_t> sums_;  ///< of at most 257 bytes: sides of frames are below 82,000
};

}  // namespace faceshot::track
