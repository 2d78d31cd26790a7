// SSD box coding: a box as four offsets from a prior, and back.
//
// g_cx = (cx - p.cx) / p.w / v0    g_w = log(w / p.w) / v2
// g_cy = (cy - p.cy) / p.h / v1    g_h = log(h / p.h) / v3
// (SSD paper, eq. 2, with the variances of the authors' Caffe code.) Pure and thread safe.
#pragma once

#include <array>

#include "faceshot/box.hpp"
#include "faceshot/prior.hpp"

namespace faceshot {
inline namespace v0_1 {

using BoxOffsets = std::array<float, 4>;  ///< g_cx, g_cy, g_w, g_h

/// @pre box.valid(), p.w > 0, p.h > 0, variances > 0 (the result is not finite otherwise)
[[nodiscard]] BoxOffsets encode(const Box& box, const Prior& p,
                                const std::array<float, 4>& variances) noexcept;

/// Inverse of `encode`. No box moves further than 1000 times its prior's size, and none grows or
/// shrinks by more than that factor: a diverged network yields odd boxes, never infinite or empty
/// ones. (NaN stays NaN.)
[[nodiscard]] Box decode(const BoxOffsets& offsets, const Prior& p,
                         const std::array<float, 4>& variances) noexcept;

}  // namespace v0_1
}  // namespace faceshot
