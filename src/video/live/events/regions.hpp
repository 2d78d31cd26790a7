// Zones and lines in a camera's picture, and what a moving point does to them.
//
// Places are shares of the picture: (0, 0) its top left corner, (1, 1) its bottom right one. So
// they hold for any size that a camera sends.
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

/// Who walks over it from its left to its right, as seen by who goes from its first end to its
/// second, goes `in`; the other way is `out`.
struct Line {
  std::string name;
  PlacePoint from, to;
};

/// @throws Error(invalid_argument) that names the zone: fewer than 3 corners, no area, or a corner
///         outside the picture
void validate(const Zone& zone);
/// @throws Error(invalid_argument) that names the line: no length, or an end outside the picture
void validate(const Line& line);

/// Whether the point lies inside, by the even-odd rule.
[[nodiscard]] bool inside(const Zone& zone, PlacePoint point) noexcept;

/// 1: who goes straight from a to b crosses the line inwards; -1: outwards; 0: not at all. Whoever
/// starts on the line has not crossed it; whoever ends on it has, if he came from its left.
[[nodiscard]] int crossing(const Line& line, PlacePoint a, PlacePoint b) noexcept;

/// How far the point is from the nearest of the zone's edges, or from the line. @param aspect width
/// of the picture by its height @return in shares of the picture's height
[[nodiscard]] double edge_distance(const Zone& zone, PlacePoint point, double aspect) noexcept;
[[nodiscard]] double edge_distance(const Line& line, PlacePoint point, double aspect) noexcept;

}  // namespace faceshot::video
