// Positions of the parts of a drawn face in the picture.
//
// The head is an ellipsoid with a nose, seen in parallel projection. A point of the face is given
// by (u, v): where it would appear if the head looked straight ahead, in the units of
// face_traits.hpp. The face itself is the area in front of the ears and below the hair line: that
// is what annotators of WIDER FACE put a box around (Yang et al., CVPR 2016, section 3).
#pragma once

#include <opencv2/core.hpp>

#include "geometry/annotation.hpp"
#include "synth/face_traits.hpp"

namespace faceshot::synth {

/// A point of the head's surface, seen at a point of the picture.
struct SurfacePoint {
  bool hit = false;    ///< false: beside the head, and only `edge` is set
  float edge = -1;     ///< distance inside the outline, units; < 0 outside
  float u = 0, v = 0;  ///< on the face
  float front = 0;     ///< 1 straight ahead of the head, 0 at the ears, -1 behind
  float bump = 0;      ///< height of the face's relief, units
  cv::Vec3f normal;    ///< of the head without relief; x right, y down, z to the viewer
};

/// Immutable; thread safe.
class HeadModel {
 public:
  /// Places the head so that the face's box has this centre and height. @pre height > 0, pixels
  HeadModel(const FaceTraits& traits, cv::Point2f center, float height);

  /// Box of everything visible for which is_face() holds; exact to about a thousandth of its size.
  [[nodiscard]] const Box& box() const noexcept { return box_; }
  [[nodiscard]] Landmarks landmarks() const noexcept;
  [[nodiscard]] float pixels_per_unit() const noexcept { return scale_; }

  /// From the picture to the head's own upright plane and back: units, origin in the centre.
  [[nodiscard]] cv::Point2f to_plane(cv::Point2f pixel) const noexcept;
  [[nodiscard]] cv::Point2f to_picture(cv::Point2f plane) const noexcept;

  /// What is visible at a point of the plane. @param inflate of the ellipsoid, 0 for the head
  /// itself; above 0 (hair, hats) it has no relief
  [[nodiscard]] SurfacePoint look(cv::Point2f plane, float inflate = 0) const noexcept;

  /// Where a point of the face appears in the plane, relief included.
  [[nodiscard]] cv::Point2f place(float u, float v) const noexcept;

  /// The centre of an ear in the plane. @param side -1 the viewer's left, 1 right
  /// @param depth set to its depth, > 0 in front of the head's centre
  [[nodiscard]] cv::Point2f ear(float side, float& depth) const noexcept;

  [[nodiscard]] bool is_face(const SurfacePoint& point) const noexcept;

  /// Height v of the hair line at a position u on the forehead.
  [[nodiscard]] float hair_line(float u) const noexcept;

 private:
  [[nodiscard]] float width_at(float y) const noexcept;
  [[nodiscard]] float relief(float u, float v) const noexcept;
  [[nodiscard]] float nose(float u, float v) const noexcept;
  [[nodiscard]] cv::Point2f to_plane_from_sphere(const cv::Vec3f& p) const noexcept;
  [[nodiscard]] Box plane_box() const;

  FaceTraits traits_;
  cv::Matx33f turn_;  ///< rotation from the head's own axes to the viewer's
  float cos_roll_, sin_roll_;
  cv::Point2f origin_{0, 0};
  float scale_ = 1;
  Box box_;
};

/// Positions of the mouth's corner and the eyes' centres on a face: (|u|, v).
[[nodiscard]] cv::Point2f mouth_corner(const FaceTraits& traits) noexcept;
[[nodiscard]] cv::Point2f eye_middle(const FaceTraits& traits) noexcept;

[[nodiscard]] constexpr float square(float x) noexcept { return x * x; }

/// 1 at the centre, 0 from a distance of 1; smooth. @param squared distance
[[nodiscard]] constexpr float bell(float squared) noexcept {
  return squared < 1 ? (1 - squared) * (1 - squared) : 0.0F;
}

}  // namespace faceshot::synth
