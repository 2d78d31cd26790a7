// Keras' layer names of its MobileNets, mapped to torchvision's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weights/layout.hpp"

namespace faceshot::weights {

/// The parameter for a variable of a Keras network.
struct KerasTarget {
  std::string name;  ///< "features.0.1.running_mean"
  Layout layout = Layout::same;
};

/// The layer for one of keras.applications' MobileNet (V1) or MobileNetV2: "conv_dw_1_bn" is
/// "features.1.1".
///
/// MobileNetV1, block i of 1 to 13: features.0.0 and .0.1 the first convolution and its BatchNorm;
/// features.i.0, .1 depthwise, .3, .4 pointwise (2 and 5 are activations). MobileNetV2 has
/// torchvision's names. Nothing for other names.
[[nodiscard]] std::optional<std::string> keras_layer(std::string_view layer);

/// @param name  "conv1/kernel:0", as in the file; scopes around the layer are ignored
/// @param rank  dimensions of the array
[[nodiscard]] std::optional<KerasTarget> keras_target(std::string_view name, std::size_t rank);

}  // namespace faceshot::weights
