// Inception v3: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR
// 2016, Table 1.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// torchvision's version, with its names, without its change of the input's scale
/// ("transform_input"). The first convolutions have no padding, so maps are smaller than size /
/// stride. Taps C3 (Mixed_5d), C4 (Mixed_6e), C5 (Mixed_7c).
[[nodiscard]] std::vector<BackboneTap> build_inception_v3(NetworkBuilder& net,
                                                          const BackboneOptions& options);

}  // namespace faceshot::network
