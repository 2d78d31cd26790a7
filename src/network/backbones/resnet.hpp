// ResNets: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, Table 1.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// torchvision's versions, with its names: the stride is in the 3x3 convolution of a bottleneck
/// ("ResNet 1.5"). Taps C2 to C5, the outputs of the four stages.
[[nodiscard]] std::vector<BackboneTap> build_resnet18(NetworkBuilder& net,
                                                      const BackboneOptions& options);
[[nodiscard]] std::vector<BackboneTap> build_resnet34(NetworkBuilder& net,
                                                      const BackboneOptions& options);
[[nodiscard]] std::vector<BackboneTap> build_resnet50(NetworkBuilder& net,
                                                      const BackboneOptions& options);

}  // namespace faceshot::network
