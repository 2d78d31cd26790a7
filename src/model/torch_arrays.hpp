// Between Torch tensors and plain arrays. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <span>
#include <string>

#include "network/network_spec.hpp"

#include "weights/weights.hpp"

namespace faceshot::model {

/// The values of a contiguous float32 tensor, valid as long as it; empty for an undefined one.
[[nodiscard]] std::span<const float> values_of(const torch::Tensor& tensor);

/// A row-major float32 copy.
[[nodiscard]] weights::WeightArray to_array(const torch::Tensor& tensor);

/// Copies the array's values into `tensor`, whose memory format is preserved.
/// @throws Error(format) naming `name` if the shapes differ
void copy_array(const weights::WeightArray& array, const torch::Tensor& tensor,
                const std::string& name);

}  // namespace faceshot::model
