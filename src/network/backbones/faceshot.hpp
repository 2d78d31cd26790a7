// Our own light base networks for faces.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// Separable blocks without any layer between depthwise and pointwise, residual from stride 8, down
/// to stride 64. Taps C3 to C6.
[[nodiscard]] std::vector<BackboneTap> build_faceshot_nano(NetworkBuilder& net,
                                                           const BackboneOptions& options);

/// The same structure, one and a half times as wide and deeper at the stages for small faces.
[[nodiscard]] std::vector<BackboneTap> build_faceshot_small(NetworkBuilder& net,
                                                            const BackboneOptions& options);

}  // namespace faceshot::network
