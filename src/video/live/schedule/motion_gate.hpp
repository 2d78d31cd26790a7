// Decides whether a picture has changed enough for a new detection.
#pragma once

#include <cstdint>
#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot::video {

struct MotionGateOptions {
  /// Change in the mean of a 16x16 block that counts as motion, in grey levels, > 0. Sensor noise
  /// with a deviation of 8 levels changes it by 0.7.
  double threshold = 4;
  double most_still = 1;  ///< maximum seconds without a detection, > 0
};

/// Compares with the picture at the last detection, not with the previous picture, so slow movement
/// is noticed too. Takes about 50 microseconds for 640x480. Not thread safe.
class MotionGate {
 public:
  /// @throws Error(invalid_argument) for impossible options
  explicit MotionGate(const MotionGateOptions& options = {});

  /// @param view with rows of luma (gray, NV12, I420) @param seconds not decreasing
  /// @return true: run the detector; this picture becomes the reference. Always true for the first
  /// one,
  ///         and if the size changes
  /// @throws Error(invalid_argument) for a view without luma
  [[nodiscard]] bool moved(const ImageView& view, double seconds);

 private:
  MotionGateOptions options_;
  int width_ = 0, height_ = 0;
  double looked_ = 0;
  std::vector<std::uint32_t> reference_, now_;  ///< sums of luma, one per block
};

}  // namespace faceshot::video
