// Single layers, computed by LibTorch or by our own operators. Thread safe.
#pragma once

#include <torch/types.h>

#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::model {

/// min(max(in, 0), 6), with a backward pass that also supports bfloat16.
[[nodiscard]] torch::Tensor relu6(const torch::Tensor& in);

/// The maximum of each run of channels (LayerKind::max_out).
[[nodiscard]] torch::Tensor largest_of_runs(const torch::Tensor& in, const std::vector<int>& runs);

/// @param layer a conv @param bias undefined: none
[[nodiscard]] torch::Tensor convolved(const torch::Tensor& in, const network::Layer& layer,
                                      const torch::Tensor& weight, const torch::Tensor& bias);

/// Whether torch::conv2d would keep the input's type.
[[nodiscard]] bool has_type_to_convolve(const torch::Tensor& in);

/// The same as convolved(), by our own kernels if they support it.
[[nodiscard]] torch::Tensor fast_convolved(const torch::Tensor& in, const network::Layer& layer,
                                           const torch::Tensor& weight, const torch::Tensor& bias);

}  // namespace faceshot::model
