// MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018,
// Table 2.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// With torchvision's names. Variant "torchvision": padding 1 on all sides, epsilon 1e-5. Variant
/// "keras" (keras.applications): TensorFlow's SAME padding if the stride is 2, epsilon 1e-3,
/// and channel counts truncated before rounding. Taps C2 to C5, and C4_expand, the expansion at
/// stride 16 that the paper's SSDLite uses.
[[nodiscard]] std::vector<BackboneTap> build_mobilenet_v2(NetworkBuilder& net,
                                                          const BackboneOptions& options);

}  // namespace faceshot::network
