// The layers that SSD appends to its base network for coarser and coarser levels.
// Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, figure 2 and section 3.6.
#pragma once

#include <vector>

#include "network/level.hpp"
#include "network/registry.hpp"

namespace faceshot::network {

/// Appends `count` extra levels after the last one. Each is a 1x1 convolution to half its channels
/// (`extras.I.reduce`) and a 3x3 convolution (`extras.I.conv`), with BatchNorm if the backbone has
/// it and ReLU. options.extras_layout:
///   "stride"  every 3x3 has stride 2: any number of levels, at any input size
///   "ssd300"  from the third, without stride and padding, as in SSD300: 10, 5, 3, 1
///   "ssd512"  the last is 4x4 without stride, padding 1, as in SSD512: 2 to 1
/// With options.heads_separable a depthwise 3x3 (`extras.I.dw`) and a 1x1 replace the 3x3, as in
/// MobileNetV2's SSDLite (Sandler et al. 2018, section 6.2).
/// @throws Error(invalid_argument) unknown layout
void add_extra_layers(NetworkBuilder& net, std::vector<Level>& levels, std::size_t count,
                      bool batch_norm, const ModelOptions& options);

}  // namespace faceshot::network
