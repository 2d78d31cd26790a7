#include "track/association.hpp"

#include <algorithm>
#include <cmath>

#include "track/motion_filter.hpp"

namespace faceshot::track {
namespace {

/// Directions are measured over about this time: between neighbouring frames they are noise.
constexpr double direction_seconds = 0.12;

// Aspect ratios of faces' boxes. Below the first and at an edge, a box is cut off.
constexpr float narrow = 0.68F, usual_aspect = 0.76F, wide = 0.9F;
constexpr float at_edge = 1;  ///< pixels

}  // namespace

void Trail::add(const Box& box, double seconds) noexcept {
  newest_ = count_ == 0 ? 0 : (newest_ + 1) % most;
  boxes_[newest_] = box;
  seconds_[newest_] = seconds;
  count_ = std::min(count_ + 1, most);
}

void Trail::move(const CameraMotion& motion) noexcept {
  for (std::size_t i = 0; i < count_; ++i) boxes_[i] = moved(boxes_[i], motion);
}

double Trail::straightness(const Box& next) const noexcept {
  if (count_ < 2) return 0;
  std::size_t back = newest_;
  for (std::size_t i = 1; i < count_; ++i) {
    back = (newest_ + most - i) % most;
    if (seconds_[newest_] - seconds_[back] >= direction_seconds) break;
  }
  const Box &from = boxes_[back], &to = boxes_[newest_];
  const double size = std::sqrt(static_cast<double>(to.area()));
  const double x = static_cast<double>(to.center_x() - from.center_x());
  const double y = static_cast<double>(to.center_y() - from.center_y());
  const double next_x = static_cast<double>(next.center_x() - from.center_x());
  const double next_y = static_cast<double>(next.center_y() - from.center_y());
  const double length = std::hypot(x, y), next_length = std::hypot(next_x, next_y);
  if (!(length > 0) || !(next_length > 0) || !(size > 0)) return 0;
  const double cosine = (x * next_x + y * next_y) / (length * next_length);
  return cosine * std::min(1.0, length / (0.25 * size));
}

Box uncut(const Box& box, int width, int height) noexcept {
  Box whole = box;
  if (width <= 0 || height <= 0) return whole;
  const bool left = box.x1 <= at_edge, right = box.x2 >= static_cast<float>(width) - at_edge;
  const bool top = box.y1 <= at_edge, bottom = box.y2 >= static_cast<float>(height) - at_edge;
  const float aspect = box.width() / box.height();
  if (left != right && !top && !bottom && aspect < narrow) {
    const float more = usual_aspect * box.height() - box.width();
    (left ? whole.x1 : whole.x2) += left ? -more : more;
  } else if (top != bottom && !left && !right && aspect > wide) {
    const float more = box.width() / usual_aspect - box.height();
    (top ? whole.y1 : whole.y2) += top ? -more : more;
  }
  return whole;
}

Box grown(const Box& box, float share) noexcept {
  const float x = share * box.width(), y = share * box.height();
  return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
}

float buffered_iou(const Box& a, const Box& b, float share) noexcept {
  return iou(grown(a, share), grown(b, share));
}

}  // namespace faceshot::track
