// The four passes over memory that training BatchNorm with what surrounds it needs. Plain arrays,
// no Torch; fused_batch_norm.hpp puts them together.
//
// A map in channels_last order is one array in which the channel changes fastest. To fill vector
// registers whatever the number of channels is, all per-channel numbers are repeated up to a
// `period` that is a multiple of both the channels and 64; the arrays they stand for have
// `count` elements and begin at channel 0. Pure functions, safe to call from many threads.
#pragma once

#include <cstddef>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::batch_norm {

/// Least period for so many channels.
[[nodiscard]] std::size_t period_of(std::size_t channels);

/// Activation: values are cut to [low, high]. None: minus to plus infinity; ReLU: 0 to infinity.
struct Range {
  float low, high;
};

/// What turns an input into an output: scale * x + shift, by channel, `period` numbers each.
struct Affine {
  const float* scale;
  const float* shift;
  std::size_t period;
};

/// sums[i] += sum of x at position i of the period, sums[period + i] += sum of squares. Squares are
/// taken around the first period's values, so a mean far from 0 costs no digits.
template <typename Element>
void moments(const Element* x, std::size_t count, std::size_t period, double* sums);

/// y = cut(scale * x + shift + residual)
/// @param residual null for none
template <typename Element>
void normalise(const Element* x, const Element* residual, Element* y, std::size_t count,
               const Affine& affine, Range range);

/// Of the output's gradient that the activation lets through, g = dy where the output was inside
/// the range, else 0: sums[i] += g, sums[period + i] += g * (x - mean).
/// @param y        the output, where there was a residual; null: whether it was inside is seen from
/// x
/// @param residual_gradient gets g; null where it is not wanted
template <typename Element>
void backward_sums(const Element* dy, const Element* x, const Element* y,
                   Element* residual_gradient, std::size_t count, const Affine& affine,
                   const float* mean, Range range, double* sums);

/// How the input's gradient follows: dx = of_g * g + of_x * x + constant, by channel.
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
