// MobileNet: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
// Applications", 2017, Table 1.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// As keras.applications has it, whose weights people have: ReLU6, BatchNorm epsilon 1e-3, one row
/// and column of zeros at bottom and right where the stride is 2, channel counts cut off, not
/// rounded. Layers are numbered as a torch::nn::Sequential would: features.I.0 depthwise, .1 its
/// BatchNorm, .3 pointwise, .4 its BatchNorm. Taps C2 to C5.
[[nodiscard]] std::vector<BackboneTap> build_mobilenet_v1(NetworkBuilder& net,
                                                          const BackboneOptions& options);

}  // namespace faceshot::network
