// The convolution that reads the image, for training. With three input channels oneDNN fills a
// fifth of its vectors. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include "network/network_spec.hpp"

namespace faceshot::training_ops {

/// Whether first_convolution() supports this layer: 3x3 on three channels that need no gradient,
/// padding 1, stride 1 or 2, no bias, output channels a multiple of 16, float or bfloat16.
[[nodiscard]] bool is_fast_first_convolution(const network::Layer& layer, const torch::Tensor& in);

/// As torch::conv2d. Weights are float whatever the maps are. Deterministic: the result does not
/// depend on the number of threads, which share the images of the batch.
/// @param in      [N, 3, H, W]; fastest in channels_last. It gets no gradient
/// @param weight  [C, 3, 3, 3], float
/// @return in channels_last, of the input's type
[[nodiscard]] torch::Tensor first_convolution(const torch::Tensor& in, const torch::Tensor& weight,
                                              int stride);

}  // namespace faceshot::training_ops
