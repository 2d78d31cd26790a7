// A convolution and the BatchNorm that is the only reader of its output, with what surrounds it, as
// one operator: the statistics of a piece of the map are computed, and its gradient is used, while
// the piece is still in the cache. Saves one of five passes over memory forward, two of eight
// backward. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include "network/network_spec.hpp"
#include "training_ops/fused_batch_norm.hpp"

namespace faceshot::training_ops {

/// Whether convolution_batch_norm() supports this layer: is_fast_depthwise() or
/// is_fast_first_convolution() holds, or it is 1x1, stride 1, no groups, padding or bias, channels
/// multiples of 16, bfloat16.
[[nodiscard]] bool is_fast_before_batch_norm(const network::Layer& convolution,
                                             const torch::Tensor& in);

/// fused_batch_norm() of the layer's convolution. The convolution's weights are float; a 1x1
/// convolution rounds them to bfloat16. Deterministic: the result does not depend on the number of
/// threads.
/// @param convolution  a layer for which is_fast_before_batch_norm() holds
/// @param in           [N, C, H, W]; fastest in channels_last
/// @throws Error as fused_batch_norm
[[nodiscard]] torch::Tensor convolution_batch_norm(
    const network::Layer& convolution, const torch::Tensor& in, const torch::Tensor& weight,
    const BatchNormTensors& layer, double epsilon, const torch::Tensor& residual,
    network::Activation activation, const SumOverProcesses& sum);

/// Whether separable_batch_norm() supports these layers: a depthwise and a 1x1 convolution as
/// above, bfloat16.
/// @param in the depthwise convolution's input
[[nodiscard]] bool is_fast_separable(const network::Layer& depthwise,
                                     const network::Layer& pointwise, const torch::Tensor& in);

/// The same for a depthwise convolution and the 1x1 convolution that is its only reader. If the
/// residual is the input itself, it needs no backward pass of its own.
/// @param weight, pointwise the weights of the two convolutions
[[nodiscard]] torch::Tensor separable_batch_norm(
    const network::Layer& depthwise, const torch::Tensor& in, const torch::Tensor& weight,
    const torch::Tensor& pointwise, const BatchNormTensors& layer, double epsilon,
    const torch::Tensor& residual, network::Activation activation, const SumOverProcesses& sum);

}  // namespace faceshot::training_ops
