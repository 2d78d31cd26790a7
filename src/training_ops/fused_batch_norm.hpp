// BatchNorm in training together with what follows it: a sum and an activation, in two passes over
// memory forward and two backward (Ioffe and Szegedy 2015). LibTorch's own operators need one pass
// or more for each of them, and keep an additional map for the backward pass: at these sizes
// training is memory-bound. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <functional>

#include "network/network_builder.hpp"

namespace faceshot::training_ops {

/// Sums these numbers over all processes that train together, in place: every process must get the
/// same result. One dimension, double, contiguous. Called once per layer in the forward pass and
/// once in the backward pass, by all processes in the same order.
using SumOverProcesses = std::function<void(torch::Tensor& sums)>;

/// The tensors of a BatchNorm layer: one float per channel each.
struct BatchNormTensors {
  torch::Tensor weight, bias, running_mean, running_var;
};

/// activation(batch_norm(in) [+ residual]) with statistics of the batch, which also update the
/// running ones (by 0.1, variance unbiased), as torch::batch_norm. With `sum`, the batch is that of
/// all processes; gradients of weight and bias are still this process's share.
///
/// Statistics and parameters are computed in float or better, whatever the maps are. Deterministic:
/// the result does not depend on the number of threads.
/// @param in        [N, C, H, W], float or bfloat16; fastest in channels_last
/// @param residual  of the same shape and type, or undefined
/// @param sum       empty: this process is alone
/// @return in channels_last
/// @throws Error(invalid_argument) for another type, or a residual that does not fit
[[nodiscard]] torch::Tensor fused_batch_norm(const torch::Tensor& in, const BatchNormTensors& layer,
                                             double epsilon, const torch::Tensor& residual,
                                             network::Activation activation,
                                             const SumOverProcesses& sum);

}  // namespace faceshot::training_ops
