// A map that several layers read. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <vector>

namespace faceshot::training_ops {

/// The map once for each reader, without a copy. In the backward pass our threads add up the
/// readers' gradients, instead of LibTorch's.
/// @param map [N, C, H, W] of float or bfloat16
[[nodiscard]] std::vector<torch::Tensor> fork(const torch::Tensor& map, std::size_t readers);

}  // namespace faceshot::training_ops
