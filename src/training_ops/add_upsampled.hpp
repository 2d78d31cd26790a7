// The top-down path of a feature pyramid (Lin et al. 2017) for training: a map plus a coarser one
// doubled in size. LibTorch's autocast would convert both to float. Includes Torch: keep it out of
// other headers.
#pragma once

#include <torch/types.h>

namespace faceshot::training_ops {

/// fine + upsample_nearest2d(coarse), in one pass.
/// @param fine    [N, C, 2H, 2W], float or bfloat16; fastest in channels_last
/// @param coarse  [N, C, H, W] of the same type
/// @return in channels_last
/// @throws Error(invalid_argument) if the two do not fit
[[nodiscard]] torch::Tensor add_upsampled(const torch::Tensor& fine, const torch::Tensor& coarse);

}  // namespace faceshot::training_ops
