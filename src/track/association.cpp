#include "track/association.hpp"

#include <algorithm>
#include <cmath>

#include "track/motion_filter.hpp"

namespace faceshot::track {
namespace {

/// Directions are taken over about so long: between neighbouring frames they are noise.
constexpr double direction_seconds = 0.12;

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

Box grown(const Box& box, float share) noexcept {
  const float x = share * box.width(), y = share * box.height();
  return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
}

float buffered_iou(const Box& a, const Box& b, float share) noexcept {
  return iou(grown(a, share), grown(b, share));
}

}  // namespace faceshot::track
