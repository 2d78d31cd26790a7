#include "video/live/events/regions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

bool in_picture(PlacePoint p) { return p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1; }

[[noreturn]] void bad_region(const char* what, const std::string& name, const char* why) {
  throw Error(ErrorCode::invalid_argument, std::string(what) + " '" + name + "' " + why);
}

/// Twice the signed area of the triangle (a, b, p) (y points down): positive if p is to the right
/// of a -> b.
double side(PlacePoint a, PlacePoint b, PlacePoint p) {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

double segment_distance(PlacePoint a, PlacePoint b, PlacePoint p, double aspect) {
  const double dx = (b.x - a.x) * aspect, dy = b.y - a.y;
  const double px = (p.x - a.x) * aspect, py = p.y - a.y;
  const double length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(px - t * dx, py - t * dy);
}

}  // namespace

void validate(const Zone& zone) {
  if (zone.corners.size() < 3) bad_region("zone", zone.name, "needs 3 corners or more");
  if (!std::all_of(zone.corners.begin(), zone.corners.end(), in_picture))
    bad_region("zone", zone.name, "is outside the picture, whose coordinates go from 0 to 1");
  double area = 0;
  for (std::size_t i = 0; i < zone.corners.size(); ++i) {
    const PlacePoint a = zone.corners[i], b = zone.corners[(i + 1) % zone.corners.size()];
    area += a.x * b.y - b.x * a.y;
  }
  if (!(std::abs(area) > 1e-9)) bad_region("zone", zone.name, "has no area");
}

void validate(const Line& line) {
  if (!in_picture(line.from) || !in_picture(line.to))
    bad_region("line", line.name, "is outside the picture, whose coordinates go from 0 to 1");
  if (line.from.x == line.to.x && line.from.y == line.to.y)
    bad_region("line", line.name, "has no length");
}

bool inside(const Zone& zone, PlacePoint p) noexcept {
  bool in = false;
  for (std::size_t i = 0; i < zone.corners.size(); ++i) {
    const PlacePoint a = zone.corners[i], b = zone.corners[(i + 1) % zone.corners.size()];
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)) in = !in;
  }
  return in;
}

int crossing(const Line& line, PlacePoint a, PlacePoint b) noexcept {
  const bool right_before = side(line.from, line.to, a) >= 0;
  const bool right_after = side(line.from, line.to, b) >= 0;
  if (right_before == right_after) return 0;
  // The line's ends are on different sides of the path, or the path ends on the line.
  const double first = side(a, b, line.from), second = side(a, b, line.to);
  if ((first > 0 && second > 0) || (first < 0 && second < 0)) return 0;
  return right_after ? 1 : -1;
}

double edge_distance(const Zone& zone, PlacePoint point, double aspect) noexcept {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < zone.corners.size(); ++i)
    least = std::min(
        least, segment_distance(zone.corners[i], zone.corners[(i + 1) % zone.corners.size()], point,
                                aspect));
  return least;
}

double edge_distance(const Line& line, PlacePoint point, double aspect) noexcept {
  return segment_distance(line.from, line.to, point, aspect);
}

}  // namespace faceshot::video
