// Depthwise 3x3 convolution for training (Howard et al. 2017). oneDNN's gradients take three to
// eight times as long. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include "network/network_spec.hpp"

namespace faceshot::training_ops {

/// Whether depthwise_convolution() supports this layer: depthwise 3x3, padding 1, stride 1 or 2, no
/// bias, channels a multiple of 16, float or bfloat16.
[[nodiscard]] bool is_fast_depthwise(const network::Layer& layer, const torch::Tensor& in);

/// As torch::conv2d. Weights are float whatever the maps are. Deterministic: the result does not
/// depend on the number of threads, which share the images of the batch.
/// @param in      [N, C, H, W]; fastest in channels_last
/// @param weight  [C, 1, 3, 3], float
/// @return in channels_last, of the input's type
[[nodiscard]] torch::Tensor depthwise_convolution(const torch::Tensor& in,
                                                  const torch::Tensor& weight, int stride);

}  // namespace faceshot::training_ops
