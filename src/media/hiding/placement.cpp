#include "media/hiding/placement.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::media {

Placement::Placement(int width, int height, const Turn& turn, double pixel_aspect)
    : turn_(turn), stored_width_(width), stored_height_(height), wide_(width), high_(height) {
  constexpr double most = 16;
  if (!(pixel_aspect >= 1 / most && pixel_aspect <= most)) return;
  // The shorter side is enlarged, so nothing is lost.
  if (pixel_aspect > 1)
    wide_ = std::max(1, static_cast<int>(std::lround(width * pixel_aspect)));
  else
    high_ = std::max(1, static_cast<int>(std::lround(height / pixel_aspect)));
}

Placement::Point Placement::seen(Point p) const noexcept {
  const double x = p.x * wide_ / stored_width_, y = p.y * high_ / stored_height_;
  const auto place = [&](int by_x, int by_y) {
    // A mirrored axis begins at its other end.
    return by_x * x + by_y * y + (by_x < 0 ? wide_ : 0) + (by_y < 0 ? high_ : 0);
  };
  return {place(turn_.xx, turn_.xy), place(turn_.yx, turn_.yy)};
}

Placement::Point Placement::stored(Point p) const noexcept {
  // Rows and columns have one entry each, so the inverse is the transpose.
  const auto place = [&](int of_x, int of_y, double length) {
    const double along = of_x * p.x + of_y * p.y;
    return of_x + of_y < 0 ? along + length : along;
  };
  return {place(turn_.xx, turn_.yx, wide_) * stored_width_ / wide_,
          place(turn_.xy, turn_.yy, high_) * stored_height_ / high_};
}

Box Placement::stored(const Box& box) const noexcept {
  const Point a = stored(Point{static_cast<double>(box.x1), static_cast<double>(box.y1)});
  const Point b = stored(Point{static_cast<double>(box.x2), static_cast<double>(box.y2)});
  return {static_cast<float>(std::min(a.x, b.x)), static_cast<float>(std::min(a.y, b.y)),
          static_cast<float>(std::max(a.x, b.x)), static_cast<float>(std::max(a.y, b.y))};
}

}  // namespace faceshot::media
