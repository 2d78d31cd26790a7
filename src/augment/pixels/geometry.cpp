#include "augment/pixels/geometry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include "geometry/move_landmarks.hpp"

namespace faceshot::augment {
namespace {

Box to_box(double x1, double y1, double x2, double y2) noexcept {
  return {static_cast<float>(x1), static_cast<float>(y1), static_cast<float>(x2),
          static_cast<float>(y2)};
}

Box box_of_corners(const Box& box, const PixelMap& map) noexcept {
  const std::array<cv::Point2d, 4> corners{apply(map, box.x1, box.y1), apply(map, box.x2, box.y1),
                                           apply(map, box.x1, box.y2), apply(map, box.x2, box.y2)};
  auto [x1, y1] = corners[0];
  auto [x2, y2] = corners[0];
  for (const auto& corner : corners) {
    x1 = std::min(x1, corner.x);
    y1 = std::min(y1, corner.y);
    x2 = std::max(x2, corner.x);
    y2 = std::max(y2, corner.y);
  }
  return to_box(x1, y1, x2, y2);
}

/// Extent of a mapped ellipse along axis i, from its dual conic: the tangents x = k satisfy c33 k^2
/// - 2 c_i3 k + c_ii = 0 (Hartley and Zisserman, Multiple View Geometry,
/// section 2.2.3).
std::pair<double, double> extent(const PixelMap& dual, int i) noexcept {
  const double root = std::sqrt(std::max(0.0, dual(i, 2) * dual(i, 2) - dual(i, i) * dual(2, 2)));
  const double a = (dual(i, 2) - root) / dual(2, 2);
  const double b = (dual(i, 2) + root) / dual(2, 2);
  return std::minmax(a, b);
}

Box box_of_ellipse(const Box& box, const PixelMap& map) noexcept {
  const double a = 0.5 * static_cast<double>(box.width());
  const double b = 0.5 * static_cast<double>(box.height());
  const PixelMap place(a, 0, box.center_x(),  //
                       0, b, box.center_y(),  //
                       0, 0, 1);
  const PixelMap unit_circle(1, 0, 0, 0, 1, 0, 0, 0, -1);
  const PixelMap all = map * place;
  const PixelMap dual = all * unit_circle * all.t();
  const auto [x1, x2] = extent(dual, 0);
  const auto [y1, y2] = extent(dual, 1);
  return to_box(x1, y1, x2, y2);
}

bool mirrors(const PixelMap& map) noexcept { return cv::determinant(map) * map(2, 2) < 0; }

}  // namespace

cv::Point2d apply(const PixelMap& map, double x, double y) noexcept {
  const cv::Vec3d p = map * cv::Vec3d(x, y, 1);
  return {p[0] / p[2], p[1] / p[2]};
}

bool keeps_axes(const PixelMap& map) noexcept {
  return map(0, 1) == 0 && map(1, 0) == 0 && map(2, 0) == 0 && map(2, 1) == 0;
}

Box map_box(const Box& box, const PixelMap& map, TurnedBox rule) noexcept {
  return keeps_axes(map) || rule == TurnedBox::rectangle ? box_of_corners(box, map)
                                                         : box_of_ellipse(box, map);
}

Landmarks map_landmarks(const Landmarks& points, const PixelMap& map) noexcept {
  Landmarks mapped;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto point = apply(map, points[i].x, points[i].y);
    mapped[i] = {static_cast<float>(point.x), static_cast<float>(point.y)};
  }
  if (mirrors(map)) geometry::exchange_sides(mapped);
  return mapped;
}

TrackedFace map_face(const TrackedFace& face, const PixelMap& map, TurnedBox rule) {
  TrackedFace mapped = face;
  geometry::Annotation& annotation = mapped.annotation;
  annotation.box = map_box(annotation.box, map, annotation.ignore ? TurnedBox::rectangle : rule);
  if (annotation.landmarks) annotation.landmarks = map_landmarks(*annotation.landmarks, map);
  return mapped;
}

void settle_faces(std::vector<TrackedFace>& faces, int width, int height, const FaceRule& rule) {
  const auto w = static_cast<float>(width);
  const auto h = static_cast<float>(height);
  std::erase_if(faces, [&](TrackedFace& face) {
    const Box whole = face.annotation.box;
    const Box left = clip(whole, w, h);
    if (!(std::min(left.width(), left.height()) >= 1)) return true;
    face.annotation.box = left;
    if (left != whole) face.visible *= left.area() / whole.area();
    const bool center_inside = whole.center_x() >= 0 && whole.center_x() < w &&
                               whole.center_y() >= 0 && whole.center_y() < h;
    if (!center_inside || face.visible < rule.min_visible) face.annotation.ignore = true;
    return false;
  });
}

}  // namespace faceshot::augment
