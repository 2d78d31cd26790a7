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

/// Whether it only moves, scales and mirrors along the axes: what was upright stays so.
[[nodiscard]] bool keeps_axes(const PixelMap& map) noexcept;

/// Which box a turned or slanted face gets.
enum class TurnedBox {
  ellipse,    ///< that of the ellipse inscribed in the old box: faces are round, so it stays tight
  rectangle,  ///< that of the old box's four corners: it holds all that the old one held
};

/// When a face that is cut or covered is no longer one to find.
struct FaceRule {
  float min_visible = 0.5F;  ///< share of its box that must be left, else it is `ignore`
  TurnedBox turned = TurnedBox::ellipse;
};

/// The box of a mapped box, not clipped. The two rules differ only where the map turns or slants.
[[nodiscard]] Box map_box(const Box& box, const PixelMap& map, TurnedBox rule) noexcept;

/// Points moved along. Where the map mirrors, left and right eye and mouth corner change places:
/// the mirror image of a left eye looks like a right one.
[[nodiscard]] Landmarks map_landmarks(const Landmarks& points, const PixelMap& map) noexcept;

/// An annotation, and what is left of the face in it.
struct TrackedFace {
  geometry::Annotation annotation;
  float visible = 1;  ///< share of the face's box that no crop has cut off yet
};

/// Maps a face without clipping it; attributes stay. An `ignore` region keeps all that it held
/// (TurnedBox::rectangle).
[[nodiscard]] TrackedFace map_face(const TrackedFace& face, const PixelMap& map, TurnedBox rule);

/// The one rule for what leaves the picture. Boxes are clipped to width x height. A face becomes
/// `ignore` if its centre is outside, or less than rule.min_visible is left of it, all cuts
/// together. `ignore` is never taken back. What is less than one pixel wide or high is dropped.
void settle_faces(std::vector<TrackedFace>& faces, int width, int height, const FaceRule& rule);

}  // namespace faceshot::augment
