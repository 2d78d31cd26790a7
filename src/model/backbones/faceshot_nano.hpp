// faceshot-nano: our light single-shot network for faces.
#pragma once

#include "model/registry.hpp"

namespace faceshot {

/// Separable blocks down to stride 64, a top-down path over strides 32/16/8, SSD heads at strides
/// 8/16/32/64. About 190 thousand parameters at width 1. Wants four prior levels.
[[nodiscard]] NetworkSpec build_faceshot_nano(const ModelOptions& options);

}  // namespace faceshot
