// Decides whether a picture has changed enough for a new detection.
#pragma once

#include <cstdint>
#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot::video {

struct MotionGateOptions {
  /// Grey levels by which the mean of a block of 16x16 pixels must change, > 0. Noise of a sensor
  /// with a deviation of 8 levels changes it by 0.7.
  double threshold = 4;
  double most_still = 1;  ///< seconds after which a look is worth it in any case, > 0
};

/// Compares with the picture at the last look, not with the last picture: what creeps is seen, too.
/// Takes some 50 microseconds for 640x480. Not thread safe.
class MotionGate {
 public:
  /// @throws Error(invalid_argument) for impossible options
  explicit MotionGate(const MotionGateOptions& options = {});

  /// @param view with rows of luma (gray, NV12, I420) @param seconds never falling
  /// @return true: look at it; from now on pictures are compared with this one. Always true for the
  ///         first, and for one of another size
  /// @throws Error(invalid_argument) for a view without luma
  [[nodiscard]] bool moved(const ImageView& view, double seconds);

 private:
  MotionGateOptions options_;
  int width_ = 0, height_ = 0;
  double looked_ = 0;
  std::vector<std::uint32_t> reference_, now_;  ///< sums of luma, a block each
};

}  // namespace faceshot::video
