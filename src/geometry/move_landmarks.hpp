// Landmarks in other pixel coordinates. Pure and thread safe.
#pragma once

#include <utility>

#include "faceshot/landmarks.hpp"

namespace faceshot::geometry {

/// Scales them to a picture of another size.
inline void scale(Landmarks& points, float x, float y) noexcept {
  for (Point& p : points) p = {p.x * x, p.y * y};
}

inline void shift(Landmarks& points, float x, float y) noexcept {
  for (Point& p : points) p = {p.x + x, p.y + y};
}

/// Swaps left and right: for mirrored pictures, or files that name them the other way round.
inline void exchange_sides(Landmarks& points) noexcept {
  std::swap(points[0], points[1]);
  std::swap(points[3], points[4]);
}

}  // namespace faceshot::geometry
