// Depthwise 3x3 convolution with padding 1, forward and backward, of one image. Plain arrays, no
// Torch; depthwise_convolution.hpp combines them. Pure functions, thread safe.
#pragma once

#include <cstddef>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::depthwise {

/// Channels must be a multiple of this: whole vectors on every machine.
constexpr std::size_t channel_block = 16;

struct Shape {
  std::size_t height, width;  ///< of the input
  std::size_t channels;
  std::size_t stride;  ///< 1 or 2

  [[nodiscard]] std::size_t out_height() const { return (height - 1) / stride + 1; }
  [[nodiscard]] std::size_t out_width() const { return (width - 1) / stride + 1; }
};

/// `zeros`: width * channels zeros, used for the rows above and below a map.
/// @param x       [height][width][channels]
/// @param weight  [9][channels]: the window row by row
/// @param y       [out_height][out_width][channels]
template <typename Element>
void forward(const Element* x, const float* weight, Element* y, const Shape& shape,
             const Element* zeros);

/// @param added            as x: added to the input's gradient; null for none, which is required
///                         with stride 2
/// @param dx               as x: gradient of the input
/// @param weight_gradient  as weight: overwritten, not added to
template <typename Element>
void backward(const Element* x, const float* weight, const Element* dy, const Element* added,
              Element* dx, float* weight_gradient, const Shape& shape, const Element* zeros);

}  // namespace faceshot::training_ops::depthwise
