// MobileNet: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
// Applications", 2017, Table 1.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// The version of keras.applications, whose weights are the common ones: ReLU6, BatchNorm epsilon
/// 1e-3, one row and column of zeros at bottom and right if the stride is 2, channel counts
/// truncated, not rounded. Layers are numbered as in a torch::nn::Sequential: features.I.0
/// depthwise, .1 its BatchNorm, .3 pointwise, .4 its BatchNorm. Taps C2 to C5.
[[nodiscard]] std::vector<BackboneTap> build_mobilenet_v1(NetworkBuilder& net,
                                                          const BackboneOptions& options);

}  // namespace faceshot::network
