// The four passes over memory of BatchNorm in training and what surrounds it. Plain arrays, no
// Torch; fused_batch_norm.hpp combines them.
//
// A map in channels_last order is one array in which the channel changes fastest. To fill vector
// registers for any number of channels, all per-channel numbers are repeated up to a `period` that
// is a multiple of both the number of channels and 64; the arrays of values have
// `count` elements and begin at channel 0. Pure functions, thread safe.
#pragma once

#include <cstddef>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::batch_norm {

/// Smallest period for this number of channels.
[[nodiscard]] std::size_t period_of(std::size_t channels);

/// Activation: values are clamped to [low, high]. None: minus to plus infinity; ReLU: 0 to
/// infinity.
struct Range {
  float low, high;
};

/// Maps an input to an output: scale * x + shift, by channel, `period` numbers each.
struct Affine {
  const float* scale;
  const float* shift;
  std::size_t period;
};

/// sums[i] += sum of x at position i of the period, sums[period + i] += sum of squares. Squares are
/// taken relative to the first period's values, so a mean far from 0 costs no precision.
template <typename Element>
void moments(const Element* x, std::size_t count, std::size_t period, double* sums);

/// y = clamp(scale * x + shift + residual)
/// @param residual null for none
template <typename Element>
void normalise(const Element* x, const Element* residual, Element* y, std::size_t count,
               const Affine& affine, Range range);

/// With g, the output's gradient after the activation (dy if the output was inside the range,
/// otherwise 0): sums[i] += g, sums[period + i] += g * (x - mean).
/// @param y        the output, if there was a residual; null: derived from x
/// @param residual_gradient receives g; null if not needed
template <typename Element>
void backward_sums(const Element* dy, const Element* x, const Element* y,
                   Element* residual_gradient, std::size_t count, const Affine& affine,
                   const float* mean, Range range, double* sums);

/// Coefficients of the input's gradient: dx = of_g * g + of_x * x + constant, by channel.
struct InputGradient {
  const float* of_g;
  const float* of_x;
  const float* constant;
};

/// dx, with g as above.
template <typename Element>
void backward_input(const Element* dy, const Element* x, const Element* y, Element* dx,
                    std::size_t count, const Affine& affine, const InputGradient& gradient,
                    Range range);

}  // namespace faceshot::training_ops::batch_norm
