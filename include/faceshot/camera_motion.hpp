// How the camera moved between two frames, and whether the scene was cut there.
#pragma once

#include <memory>

#include "faceshot/image_view.hpp"

namespace faceshot {
inline namespace v0_1 {

/// Maps a point of the previous frame to this one, in pixels: x' = xx x + xy y + tx,
/// y' = yx x + yy y + ty. Default: no motion.
struct CameraMotion {
  double xx = 1, xy = 0, tx = 0;
  double yx = 0, yy = 1, ty = 0;

  /// Square root of the area that a square pixel becomes.
  [[nodiscard]] double scale() const noexcept;
  /// All six are finite, and nothing shrinks or grows by more than 4.
  [[nodiscard]] bool sane() const noexcept;
  /// This motion followed by another.
  [[nodiscard]] CameraMotion then(const CameraMotion& next) const noexcept;
  /// From this frame to the previous one. @pre sane()
  [[nodiscard]] CameraMotion inverse() const noexcept;

  friend constexpr bool operator==(const CameraMotion&, const CameraMotion&) = default;
};

/// The change between a frame and the previous one.
struct FrameChange {
  CameraMotion motion;   ///< rotation, zoom and shift; none at a `cut` or if uncertain
  bool cut = false;      ///< a new scene begins with this frame; never the first
  float difference = 0;  ///< between the frames after compensating motion: 0 equal .. 1
};

/// Estimates the motion of the whole picture from the frames of a film, on a luma plane scaled down
/// to at most 320 pixels: blocks are matched, and a similarity is fitted to the majority of them
/// (independently moving objects are outvoted). Takes under a millisecond for 1280x720.
///
/// Deterministic. Not thread safe; distinct objects are independent. Allocates nothing once frames
/// of this size have been seen.
class CameraMotionEstimator {
 public:
  CameraMotionEstimator();
  ~CameraMotionEstimator();
  CameraMotionEstimator(CameraMotionEstimator&&) noexcept;
  CameraMotionEstimator& operator=(CameraMotionEstimator&&) noexcept;

  /// @param frame the next one; of NV12 only the luma is used (`gray` works as well, and saves
  /// YUV films the conversion). A change of size counts as a cut
  /// @throws Error(invalid_argument) for an empty view
  FrameChange next(const ImageView& frame);

  /// Forgets the previous frame: the next one is the first again.
  void reset() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0_1
}  // namespace faceshot
