// Between backbone and heads: adds context from coarser levels to finer ones.
#pragma once

#include <string>
#include <vector>

#include "network/level.hpp"

namespace faceshot::network {

/// Replaces the levels' features. Layers are named "neck.", followed by the level's number ("C4" is
/// neck.lateral4) or name.
///   "none"  plain SSD: no change
///   "fpn"   Lin et al., "Feature Pyramid Networks", CVPR 2017: a 1x1 convolution (lateral) of each
///           level, plus the coarser level upsampled, then 3x3 (smooth)
///   "tfpn"  tiny: the same with a separable block instead of the 3x3, and none on the coarsest
///           merged one
/// Levels of strides above 32 only get their lateral: merging them would restrict input sizes to
/// multiples of 64 and more.
/// @param channels  of all levels after the neck, times alpha, rounded to a multiple of 8
/// @return the required divisor of the input's width and height
/// @throws Error(invalid_argument) unknown neck, or levels that are not a factor 2 apart
int add_neck(NetworkBuilder& net, std::vector<Level>& levels, const std::string& neck, int channels,
             float alpha);

}  // namespace faceshot::network
