#include "faceshot/box_coding.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot {

BoxOffsets encode(const Box& box, const Prior& p, const std::array<float, 4>& variances) noexcept {
  return {(box.center_x() - p.cx) / p.w / variances[0],
          (box.center_y() - p.cy) / p.h / variances[1], std::log(box.width() / p.w) / variances[2],
          std::log(box.height() / p.h) / variances[3]};
}

Box decode(const BoxOffsets& offsets, const Prior& p,
           const std::array<float, 4>& variances) noexcept {
  constexpr float log_largest_growth = 6.9077553F;  // log(1000)
  const float cx = p.cx + offsets[0] * variances[0] * p.w;
  const float cy = p.cy + offsets[1] * variances[1] * p.h;
  const float w = p.w * std::exp(std::min(offsets[2] * variances[2], log_largest_growth));
  const float h = p.h * std::exp(std::min(offsets[3] * variances[3], log_largest_growth));
  return {cx - 0.5F * w, cy - 0.5F * h, cx + 0.5F * w, cy + 0.5F * h};
}

}  // namespace faceshot
