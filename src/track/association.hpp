// What speaks for a detection being the face of a track.
#pragma once

#include <array>
#include <cstddef>

#include "faceshot/box.hpp"
#include "faceshot/camera_motion.hpp"

namespace faceshot::track {

/// The last few boxes that were seen of a track: which way it went. A value type.
class Trail {
 public:
  static constexpr std::size_t most = 8;

  /// @pre `seconds` does not fall
  void add(const Box& box, double seconds) noexcept;
  void move(const CameraMotion& motion) noexcept;
  /// The last one. @pre add() was called
  [[nodiscard]] const Box& last() const noexcept { return boxes_[newest_]; }

  /// How well a box continues in the direction of the trail: 1 straight on, 0 across, -1 back; less
  /// where the face hardly moved. 0 for trails of one box. (The observation-centric momentum of
  /// OC-SORT, which takes the angle itself and no account of how far the face moved.)
  [[nodiscard]] double straightness(const Box& next) const noexcept;

 private:
  std::array<Box, most> boxes_{};
  std::array<double, most> seconds_{};
  std::size_t newest_ = 0, count_ = 0;
};

/// A face that the edge of the picture cuts off, made whole: a box that ends at the edge and is
/// narrower or lower than faces are continues beyond it. What enters or leaves the picture
/// otherwise seems to move at half its speed.
/// @param width, height of the picture, pixels; 0: not known, and boxes stay as they are
[[nodiscard]] Box uncut(const Box& box, int width, int height) noexcept;

/// IoU of both boxes, each grown on all sides by this share of its width and height: small and fast
/// faces do not overlap from frame to frame (C-BIoU: Yang et al., WACV 2023).
[[nodiscard]] float buffered_iou(const Box& a, const Box& b, float share) noexcept;

/// The box grown on all sides by this share of its width and height.
[[nodiscard]] Box grown(const Box& box, float share) noexcept;

}  // namespace faceshot::track
