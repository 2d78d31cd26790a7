#include "faceshot/box_coding.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace faceshot {
inline namespace v0_1 {

BoxOffsets encode(const Box& box, const Prior& p, const std::array<float, 4>& variances) noexcept {
  return {(box.center_x() - p.cx) / p.w / variances[0],
          (box.center_y() - p.cy) / p.h / variances[1], std::log(box.width() / p.w) / variances[2],
          std::log(box.height() / p.h) / variances[3]};
}

Box decode(const BoxOffsets& offsets, const Prior& p,
           const std::array<float, 4>& variances) noexcept {
  constexpr float furthest = 1000;
  constexpr float log_furthest = 6.9077553F;  // log(1000)
  const auto shift = [&](std::size_t i) {
    return std::clamp(offsets[i] * variances[i], -furthest, furthest);
  };
  const auto growth = [&](std::size_t i) {
    return std::exp(std::clamp(offsets[i] * variances[i], -log_furthest, log_furthest));
  };
  const float cx = p.cx + p.w * shift(0);
  const float cy = p.cy + p.h * shift(1);
  const float w = p.w * growth(2);
  const float h = p.h * growth(3);
  return {cx - 0.5F * w, cy - 0.5F * h, cx + 0.5F * w, cy + 0.5F * h};
}

}  // namespace v0_1
}  // namespace faceshot
