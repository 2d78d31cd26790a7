#include "faceshot/landmarks.hpp"

#include <algorithm>
#include <cstddef>

namespace faceshot {

LandmarkOffsets encode_landmarks(const Landmarks& points, const Prior& p,
                                 const std::array<float, 4>& variances) noexcept {
  LandmarkOffsets offsets{};
  for (std::size_t i = 0; i < points.size(); i += 2) {
    offsets[i] = (points[i] - p.cx) / p.w / variances[0];
    offsets[i + 1] = (points[i + 1] - p.cy) / p.h / variances[1];
  }
  return offsets;
}

Landmarks decode_landmarks(const LandmarkOffsets& offsets, const Prior& p,
                           const std::array<float, 4>& variances) noexcept {
  constexpr float furthest = 1000;  // as for boxes
  Landmarks points{};
  for (std::size_t i = 0; i < points.size(); i += 2) {
    points[i] = p.cx + p.w * std::clamp(offsets[i] * variances[0], -furthest, furthest);
    points[i + 1] = p.cy + p.h * std::clamp(offsets[i + 1] * variances[1], -furthest, furthest);
  }
  return points;
}

}  // namespace faceshot
