// Between backbone and heads: finer levels borrow context from coarser ones.
#pragma once

#include <string>
#include <vector>

#include "network/level.hpp"

namespace faceshot::network {

/// Changes the levels' features in place. Layers are named "neck.", with the level's number ("C4"
/// is neck.lateral4) or name behind.
///   "none"  plain SSD: nothing
///   "fpn"   Lin et al., "Feature Pyramid Networks", CVPR 2017: a 1x1 convolution (lateral) of each
///           level, plus the coarser level upsampled, then 3x3 (smooth)
///   "tfpn"  tiny: the same with a separable block for the 3x3, and none on the coarsest merged one
/// Levels of strides above 32 get their lateral only: merging them would bind input sizes to
/// multiples of 64 and more.
/// @param channels  of all levels behind the neck, times alpha, rounded to a multiple of 8
/// @return what width and height of the input must be multiples of
/// @throws Error(invalid_argument) unknown neck, or levels that are not a factor 2 apart
int add_neck(NetworkBuilder& net, std::vector<Level>& levels, const std::string& neck, int channels,
             float alpha);

}  // namespace faceshot::network
