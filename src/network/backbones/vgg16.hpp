// VGG-16 as used by SSD: Simonyan and Zisserman, "Very Deep Convolutional Networks", ICLR 2015,
// configuration D; Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, section 3.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// Convolutions have torchvision's names (features.0 to features.28), so that its weights fit. As
/// in SSD: pool3 rounds up, pool5 is 3x3 at stride 1, the dense layers fc6 and fc7 are convolutions
/// (fc6 3x3 with dilation 6), and conv4_3 is L2-normalised before it is used.
/// Taps C2 (conv3_3), C3 (conv4_3, normalised), C4 (fc7).
[[nodiscard]] std::vector<BackboneTap> build_vgg16(NetworkBuilder& net,
                                                   const BackboneOptions& options);

}  // namespace faceshot::network
