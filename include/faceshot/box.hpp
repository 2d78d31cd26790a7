// Axis-aligned boxes and functions of them.
//
// Convention (the only one inside FaceShot): continuous pixel coordinates, origin at the image's
// top-left corner, x to the right, y down. A box covers [x1, x2) x [y1, y2); its width is x2 - x1,
// without "+1". Foreign conventions are converted in box_convert.hpp and nowhere else.
//
// All functions are pure and safe to call from any thread.
#pragma once

#include <algorithm>
#include <cmath>

namespace faceshot {
inline namespace v0_1 {

struct Box {
  float x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  [[nodiscard]] constexpr float width() const noexcept { return x2 - x1; }
  [[nodiscard]] constexpr float height() const noexcept { return y2 - y1; }
  [[nodiscard]] constexpr float center_x() const noexcept { return 0.5F * (x1 + x2); }
  [[nodiscard]] constexpr float center_y() const noexcept { return 0.5F * (y1 + y2); }

  /// Area in square pixels; 0 for an empty or inverted box, never negative.
  [[nodiscard]] constexpr float area() const noexcept {
    return std::max(0.0F, width()) * std::max(0.0F, height());
  }

  /// True if x1 < x2 and y1 < y2 (false for NaN as well).
  [[nodiscard]] constexpr bool valid() const noexcept { return x1 < x2 && y1 < y2; }

  friend constexpr bool operator==(const Box&, const Box&) = default;
};

/// The intersection; its `area()` is 0 if the boxes do not overlap.
[[nodiscard]] constexpr Box intersect(const Box& a, const Box& b) noexcept {
  return {std::max(a.x1, b.x1), std::max(a.y1, b.y1), std::min(a.x2, b.x2), std::min(a.y2, b.y2)};
}

/// Intersection over union (Jaccard index), in [0, 1]; 0 if either box is empty.
[[nodiscard]] constexpr float iou(const Box& a, const Box& b) noexcept {
  const float shared = intersect(a, b).area();
  const float united = a.area() + b.area() - shared;
  return united > 0 ? shared / united : 0.0F;
}

/// Share of `a` that `b` covers (intersection over a's own area), in [0, 1].
[[nodiscard]] constexpr float coverage(const Box& a, const Box& b) noexcept {
  const float own = a.area();
  return own > 0 ? intersect(a, b).area() / own : 0.0F;
}

/// The box clipped to [0, width] x [0, height]; may be empty (`!valid()`).
[[nodiscard]] constexpr Box clip(const Box& b, float width, float height) noexcept {
  return {std::clamp(b.x1, 0.0F, width), std::clamp(b.y1, 0.0F, height),
          std::clamp(b.x2, 0.0F, width), std::clamp(b.y2, 0.0F, height)};
}

/// True if all four coordinates are finite.
[[nodiscard]] inline bool finite(const Box& b) noexcept {
  return std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) && std::isfinite(b.y2);
}

}  // namespace v0_1
}  // namespace faceshot
