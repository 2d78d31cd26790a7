// Our own light base networks for faces.
#pragma once

#include "network/backbones/backbone.hpp"

namespace faceshot::network {

/// Separable blocks without anything between depthwise and pointwise, residual from stride 8 on,
/// down to stride 64. Taps C3 to C6.
[[nodiscard]] std::vector<BackboneTap> build_faceshot_nano(NetworkBuilder& net,
                                                           const BackboneOptions& options);

/// The same plan, half as wide again and deeper where the small faces are.
[[nodiscard]] std::vector<BackboneTap> build_faceshot_small(NetworkBuilder& net,
                                                            const BackboneOptions& options);

}  // namespace faceshot::network
