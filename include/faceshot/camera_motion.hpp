// How the camera moved between two frames, and whether the scene was cut there.
#pragma once

#include <memory>

#include "faceshot/image_view.hpp"

namespace faceshot {
inline namespace v0_1 {

/// Where a point of the frame before is in this one, pixels: x' = xx x + xy y + tx,
/// y' = yx x + yy y + ty. As made: the camera stood still.
struct CameraMotion {
  double xx = 1, xy = 0, tx = 0;
  double yx = 0, yy = 1, ty = 0;

  /// Square root of the area that a square pixel becomes.
  [[nodiscard]] double scale() const noexcept;
  /// All six are finite, and nothing shrinks or grows by more than 4.
  [[nodiscard]] bool sane() const noexcept;
  /// This motion, and then another.
  [[nodiscard]] CameraMotion then(const CameraMotion& next) const noexcept;
  /// From this frame to the one before. @pre sane()
  [[nodiscard]] CameraMotion inverse() const noexcept;

  friend constexpr bool operator==(const CameraMotion&, const CameraMotion&) = default;
};

/// What lies between a frame and the one before it.
struct FrameChange {
  CameraMotion motion;   ///< a turn, zoom and shift; none where `cut`, and where nothing is sure
  bool cut = false;      ///< another scene begins with this frame; never at the first
  float difference = 0;  ///< how unlike the frames are, motion taken out: 0 alike .. 1
};

/// Looks at a film's frames one after another, at a luma plane reduced to at most 320 pixels, and
/// says how the whole picture moved: blocks are matched, and a similarity is fitted that most of
/// them follow (what moves by itself is outvoted). Takes under a millisecond for 1280x720.
///
/// Deterministic. Not thread safe; distinct objects are independent. Allocates nothing once frames
/// of this size were seen.
class CameraMotionEstimator {
 public:
  CameraMotionEstimator();
  ~CameraMotionEstimator();
  CameraMotionEstimator(CameraMotionEstimator&&) noexcept;
  CameraMotionEstimator& operator=(CameraMotionEstimator&&) noexcept;

  /// @param frame the next one; of NV12 only the luma is looked at (`gray` is that as well, and
  ///        spares YUV films the conversion). Of another size than the one before: taken for a cut
  /// @throws Error(invalid_argument) for an empty view
  FrameChange next(const ImageView& frame);

  /// Forgets the frame before: the next is the first again.
  void reset() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
