// Five points of a face, and how a network codes them.
//
// A point is coded like a box's centre in the box coding:
// g_x = (x - p.cx) / p.w / v0    g_y = (y - p.cy) / p.h / v1
// (as in RetinaFace, Deng et al., CVPR 2020). All functions are pure and thread safe.
#pragma once

#include <array>
#include <cmath>

#include "faceshot/prior.hpp"

namespace faceshot {
inline namespace v0_1 {

struct Point {
  float x = 0, y = 0;
  friend constexpr bool operator==(const Point&, const Point&) = default;
};

/// Left eye, right eye, nose, left and right mouth corner as the viewer sees them, in pixels.
/// Points of a truncated face may be outside the image.
using Landmarks = std::array<Point, 5>;

/// g_x, g_y of each point in turn, as predicted by a network.
using LandmarkOffsets = std::array<float, 10>;

/// The offsets that a network is trained to predict for these points.
/// @pre p.w > 0, p.h > 0, variances > 0 (the result is not finite otherwise)
/// @param points in input pixels
/// @param p the prior that they are relative to
/// @param variances those of the box coding; only the first two, of the centre, are used
[[nodiscard]] LandmarkOffsets encode_landmarks(const Landmarks& points, const Prior& p,
                                               const std::array<float, 4>& variances) noexcept;

/// Inverse of `encode_landmarks`. No point ends up further than 1000 times its prior's size from
/// the prior's centre, whatever the offsets. (NaN stays NaN.)
[[nodiscard]] Landmarks decode_landmarks(const LandmarkOffsets& offsets, const Prior& p,
                                         const std::array<float, 4>& variances) noexcept;

/// True if all ten coordinates are finite.
[[nodiscard]] inline bool finite(const Landmarks& points) noexcept {
  for (const Point& p : points)
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return false;
  return true;
}

}  // namespace v0_1
}  // namespace faceshot
