// 3x3 convolution with padding 1 of one three-channel image: forward, and the gradient of the
// weights (that of the image is not needed). Plain arrays, no Torch; first_convolution.hpp combines
// them. Pure functions, thread safe.
#pragma once

#include <cstddef>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::first_conv {

/// Output channels must be a multiple of this: whole vectors on every machine.
constexpr std::size_t channel_block = 16;

/// Weights of an output channel: the window row by row, three channels per position.
constexpr std::size_t taps = 27;

struct Shape {
  std::size_t height, width;  ///< of the image
  std::size_t channels;       ///< of the output
  std::size_t stride;

  [[nodiscard]] std::size_t out_height() const { return (height - 1) / stride + 1; }
  [[nodiscard]] std::size_t out_width() const { return (width - 1) / stride + 1; }
  /// Size of the functions' scratch memory, in floats.
  [[nodiscard]] std::size_t scratch() const { return 3 * 3 * (width + 2); }
};

/// @param x       [height][width][3]
/// @param weight  [taps][channels]
/// @param y       [out_height][out_width][channels]
template <typename Element>
void forward(const Element* x, const float* weight, Element* y, const Shape& shape, float* scratch);

/// @param weight_gradient  as weight: overwritten, not added to
template <typename Element>
void weight_gradient(const Element* x, const Element* dy, float* weight_gradient,
                     const Shape& shape, float* scratch);

}  // namespace faceshot::training_ops::first_conv
