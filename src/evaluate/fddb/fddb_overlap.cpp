// Areas of overlapping regions. An affine map turns the ellipse into the unit circle, whose
// intersection with a polygon has a closed form.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "evaluate/fddb/fddb_protocol.hpp"

namespace faceshot::evaluate {
namespace {

struct Point {
  double x = 0, y = 0;
};

using Polygon = std::vector<Point>;

double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }

double area_of(const Polygon& polygon) {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i)
    twice += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
  return std::abs(twice) / 2;
}

/// Twice the signed area that the triangle (0, a, b) shares with the unit circle around 0.
double in_circle(Point a, Point b) {
  const Point d{b.x - a.x, b.y - a.y};
  const double length = dot(d, d);
  if (length == 0) return 0;
  const auto sector = [](Point p, Point q) { return std::atan2(cross(p, q), dot(p, q)); };
  const double along = -dot(a, d) / length;
  const double reach = along * along - (dot(a, a) - 1) / length;
  if (reach <= 0) return sector(a, b);  // the line misses the circle
  const double root = std::sqrt(reach);
  const double in = std::clamp(along - root, 0.0, 1.0), out = std::clamp(along + root, 0.0, 1.0);
  if (in >= out) return sector(a, b);
  const Point p{a.x + in * d.x, a.y + in * d.y}, q{a.x + out * d.x, a.y + out * d.y};
  return (in > 0 ? sector(a, p) : 0) + cross(p, q) + (out < 1 ? sector(q, b) : 0);
}

/// In the frame in which the ellipse is the unit circle.
Point in_frame(const FddbEllipse& e, Point p) {
  const double c = std::cos(e.angle), s = std::sin(e.angle), x = p.x - e.x, y = p.y - e.y;
  return {(c * x + s * y) / e.major, (c * y - s * x) / e.minor};
}

/// @param polygon convex
double shared_with(const FddbEllipse& e, const Polygon& polygon) {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i)
    twice += in_circle(in_frame(e, polygon[i]), in_frame(e, polygon[(i + 1) % polygon.size()]));
  return std::abs(twice) / 2 * e.major * e.minor;
}

Polygon rectangle(double x1, double y1, double x2, double y2) {
  return {{x1, y1}, {x2, y1}, {x2, y2}, {x1, y2}};
}

/// A polygon with the area of the ellipse.
Polygon outline(const FddbEllipse& e) {
  constexpr int corners = 1024;
  constexpr double step = 2 * std::numbers::pi / corners;
  const double grown = std::sqrt(step / std::sin(step));
  const double c = std::cos(e.angle), s = std::sin(e.angle);
  Polygon polygon;
  for (int i = 0; i < corners; ++i) {
    const double u = grown * e.major * std::cos(i * step), v = grown * e.minor * std::sin(i * step);
    polygon.push_back({e.x + c * u - s * v, e.y + s * u + c * v});
  }
  return polygon;
}

/// Sutherland and Hodgman: clips the polygon to the image.
Polygon cut(Polygon polygon, int width, int height) {
  // a x + b y + c >= 0 inside
  const std::array<std::array<double, 3>, 4> edges{{{1, 0, 0},
                                                    {0, 1, 0},
                                                    {-1, 0, static_cast<double>(width)},
                                                    {0, -1, static_cast<double>(height)}}};
  for (const auto& [a, b, c] : edges) {
    Polygon kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point p = polygon[i], q = polygon[(i + 1) % polygon.size()];
      const double at_p = a * p.x + b * p.y + c, at_q = a * q.x + b * q.y + c;
      if (at_p >= 0) kept.push_back(p);
      if ((at_p >= 0) == (at_q >= 0)) continue;
      const double t = at_p / (at_p - at_q);
      kept.push_back({p.x + t * (q.x - p.x), p.y + t * (q.y - p.y)});
    }
    polygon = std::move(kept);
  }
  return polygon;
}

Polygon region_of(const FddbFound& found) {
  if (const auto* ellipse = std::get_if<FddbEllipse>(&found.region)) return outline(*ellipse);
  const auto& r = std::get<FddbRectangle>(found.region);
  return rectangle(r.x, r.y, r.x + r.w, r.y + r.h);
}

/// A box that certainly contains the whole region.
std::array<double, 4> around(const FddbEllipse& e) {
  const double reach = std::max(e.major, e.minor);
  return {e.x - reach, e.y - reach, e.x + reach, e.y + reach};
}
std::array<double, 4> around(const FddbFound& found) {
  if (const auto* ellipse = std::get_if<FddbEllipse>(&found.region)) return around(*ellipse);
  const auto& r = std::get<FddbRectangle>(found.region);
  return {r.x, r.y, r.x + r.w, r.y + r.h};
}

}  // namespace

double fddb_overlap(const FddbEllipse& face, const FddbFound& found, int width, int height) {
  if (!(face.major > 0 && face.minor > 0)) return 0;
  const auto a = around(face), b = around(found);
  if (a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]) return 0;
  Polygon region = region_of(found);
  double face_area = std::numbers::pi * face.major * face.minor;
  if (width > 0 && height > 0) {
    region = cut(std::move(region), width, height);
    face_area = shared_with(face, rectangle(0, 0, width, height));
  }
  const double area = area_of(region);
  if (!(area > 0)) return 0;
  const double shared = shared_with(face, region);
  const double united = face_area + area - shared;
  return united > 0 ? std::clamp(shared / united, 0.0, 1.0) : 0;
}

}  // namespace faceshot::evaluate
