// Zones and lines in a camera's picture, and how a moving point relates to them.
//
// Coordinates are shares of the picture: (0, 0) is its top-left corner, (1, 1) its bottom-right
// one. So they fit any size that a camera sends.
#pragma once

#include <string>
#include <vector>

namespace faceshot::video {

struct PlacePoint {
  double x = 0, y = 0;
};

struct Zone {
  std::string name;
  std::vector<PlacePoint> corners;  ///< at least 3; the last is joined to the first
};

/// Crossing it from left to right, as seen when looking from its first end to its second, is `in`;
/// the other way is `out`.
struct Line {
  std::string name;
  PlacePoint from, to;
};

/// @throws Error(invalid_argument) that names the zone: fewer than 3 corners, no area, or a corner
///         outside the picture
void validate(const Zone& zone);
/// @throws Error(invalid_argument) that names the line: no length, or an end outside the picture
void validate(const Line& line);

/// Whether the point is inside, by the even-odd rule.
[[nodiscard]] bool inside(const Zone& zone, PlacePoint point) noexcept;

/// 1 if the straight path from a to b crosses the line inwards, -1 outwards, 0 if not at all. A
/// path that starts on the line does not cross it; one that ends on it does if it comes from its
/// left.
[[nodiscard]] int crossing(const Line& line, PlacePoint a, PlacePoint b) noexcept;

/// Distance from the point to the nearest edge of the zone, or to the line. @param aspect width of
/// the picture divided by its height @return in shares of the picture's height
[[nodiscard]] double edge_distance(const Zone& zone, PlacePoint point, double aspect) noexcept;
[[nodiscard]] double edge_distance(const Line& line, PlacePoint point, double aspect) noexcept;

}  // namespace faceshot::video
