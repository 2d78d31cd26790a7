// Converts arrays from other frameworks' layouts to ours, which is PyTorch's: convolutions OIHW
// (output channels, input channels of a group, height, width), depthwise ones [C, 1, height,
// width], dense layers (outputs, inputs), BatchNorm as weight, bias, running_mean and running_var.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

enum class Layout : std::uint8_t {
  same,             ///< no conversion
  keras_kernel,     ///< convolution HWIO -> OIHW
  keras_depthwise,  ///< (height, width, C, multiplier) -> [C * multiplier, 1, height, width]
  keras_dense,      ///< (inputs, outputs) -> (outputs, inputs)
};

/// Our equivalent of a variable of a Keras layer.
struct KerasVariable {
  std::string member;  ///< "weight", "bias", "running_mean", "running_var"
  Layout layout = Layout::same;
};

/// "kernel", "depthwise_kernel", "gamma", "moving_mean", ...; nothing for other variables.
/// @param rank  of the array: a kernel of rank 2 is a dense layer's
[[nodiscard]] std::optional<KerasVariable> keras_variable(std::string_view variable,
                                                          std::size_t rank);

/// Shape of an array after conversion. @throws Error(format) if its rank does not fit the layout
[[nodiscard]] std::vector<std::int64_t> converted_shape(const std::vector<std::int64_t>& shape,
                                                        Layout layout);

/// Shape and values in our layout. @throws Error(format) if the rank does not fit the layout
[[nodiscard]] WeightArray convert_layout(WeightArray array, Layout layout);

}  // namespace faceshot::weights
