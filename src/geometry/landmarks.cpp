#include "faceshot/landmarks.hpp"

#include <algorithm>
#include <cstddef>

namespace faceshot {
inline namespace v0_1 {

LandmarkOffsets encode_landmarks(const Landmarks& points, const Prior& p,
                                 const std::array<float, 4>& variances) noexcept {
  LandmarkOffsets offsets{};
  for (std::size_t i = 0; i < points.size(); ++i) {
    offsets[2 * i] = (points[i].x - p.cx) / p.w / variances[0];
    offsets[2 * i + 1] = (points[i].y - p.cy) / p.h / variances[1];
  }
  return offsets;
}

Landmarks decode_landmarks(const LandmarkOffsets& offsets, const Prior& p,
                           const std::array<float, 4>& variances) noexcept {
  constexpr float furthest = 1000;  // as for boxes
  Landmarks points{};
  const auto near = [&](float offset, float variance) {
    return std::clamp(offset * variance, -furthest, furthest);
  };
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = {p.cx + p.w * near(offsets[2 * i], variances[0]),
                 p.cy + p.h * near(offsets[2 * i + 1], variances[1])};
  return points;
}

}  // namespace v0_1
}  // namespace faceshot
