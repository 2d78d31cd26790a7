// Boxes and landmarks under a projective map of the picture.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// A 3x3 map of homogeneous pixel coordinates (continuous, the first pixel's centre at 0.5, 0.5),
/// from the old picture to the new one. Points of the picture must not map to infinity.
using PixelMap = cv::Matx33d;

/// Where it moves a point.
[[nodiscard]] cv::Point2d apply(const PixelMap& map, double x, double y) noexcept;

/// Whether it only translates, scales and mirrors along the axes: upright rectangles stay upright.
[[nodiscard]] bool keeps_axes(const PixelMap& map) noexcept;

/// Which box a rotated or sheared face gets.
enum class TurnedBox {
  ellipse,    ///< that of the ellipse inscribed in the old box: faces are round, so it stays tight
  rectangle,  ///< that of the old box's four corners: contains everything that the old one did
};

/// When a cut or covered face no longer counts.
struct FaceRule {
  float min_visible = 0.5F;  ///< minimum visible share of its box; below that it is `ignore`
  TurnedBox turned = TurnedBox::ellipse;
};

/// The box of a mapped box, not clipped. The two rules differ only if the map rotates or shears.
[[nodiscard]] Box map_box(const Box& box, const PixelMap& map, TurnedBox rule) noexcept;

/// Maps landmarks. If the map mirrors, left and right eye and mouth corner are swapped: the mirror
/// image of a left eye looks like a right one.
[[nodiscard]] Landmarks map_landmarks(const Landmarks& points, const PixelMap& map) noexcept;

/// An annotation, and how much of the face is left in it.
struct TrackedFace {
  geometry::Annotation annotation;
  float visible = 1;  ///< share of the face's box that no crop has cut off
};

/// Maps a face without clipping it; attributes stay. An `ignore` region keeps everything in it
/// (TurnedBox::rectangle).
[[nodiscard]] TrackedFace map_face(const TrackedFace& face, const PixelMap& map, TurnedBox rule);

/// The one rule for faces that leave the picture. Boxes are clipped to width x height. A face
/// becomes `ignore` if its centre is outside, or if less than rule.min_visible of it is left after
/// all cuts. `ignore` is never reverted. Boxes less than one pixel wide or high are dropped.
void settle_faces(std::vector<TrackedFace>& faces, int width, int height, const FaceRule& rule);

}  // namespace faceshot::augment
