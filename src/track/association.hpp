// How well a detection matches a track.
#pragma once

#include <array>
#include <cstddef>

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"

namespace faceshot::track {

/// The last few observed boxes of a track: its direction. A value type.
class Trail {
 public:
  static constexpr std::size_t most = 8;

  /// @pre `seconds` does not decrease
  void add(const Box& box, double seconds) noexcept;
  void move(const CameraMotion& motion) noexcept;
  /// The last box. @pre add() was called
  [[nodiscard]] const Box& last() const noexcept { return boxes_[newest_]; }

  /// How well a box continues the direction of the trail: 1 straight on, 0 perpendicular, -1 back;
  /// smaller if the face hardly moved. 0 for trails of one box. (The observation-centric momentum
  /// of OC-SORT, which uses the angle itself and ignores how far the face moved.)
  [[nodiscard]] double straightness(const Box& next) const noexcept;

 private:
  std::array<Box, most> boxes_{};
  std::array<double, most> seconds_{};
  std::size_t newest_ = 0, count_ = 0;
};

/// Completes a face that the edge of the picture cuts off: a box that ends at the edge and is
/// narrower or lower than faces are is extended beyond it. Otherwise, faces that enter or leave the
/// picture would seem to move at half their speed.
/// @param width, height of the picture, pixels; 0: unknown, and boxes are unchanged
[[nodiscard]] Box uncut(const Box& box, int width, int height) noexcept;

/// IoU of both boxes after each grew on all sides by this share of its width and height: small and
/// fast faces do not overlap from frame to frame (C-BIoU: Yang et al., WACV 2023).
[[nodiscard]] float buffered_iou(const Box& a, const Box& b, float share) noexcept;

/// The box grown on all sides by this share of its width and height.
[[nodiscard]] Box grown(const Box& box, float share) noexcept;

}  // namespace faceshot::track
