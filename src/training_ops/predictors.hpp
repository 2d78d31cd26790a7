// A level's predictors for training: 1x1 convolutions of one map that yield offsets, logits and
// landmarks. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::training_ops {

struct Predictor {
  torch::Tensor weight;     ///< [K * values, C, 1, 1]
  torch::Tensor bias;       ///< [K * values]
  std::int64_t values = 0;  ///< per prior
};

/// Whether predict() supports this layer and map.
[[nodiscard]] bool is_fast_predictor(const network::Layer& layer, const torch::Tensor& in);

/// All predictors of a map in one pass, and their gradients in one: float [N, H * W * K, values] of
/// each, priors of a cell side by side. Products are rounded to bfloat16 before the bias.
/// @param in a map [N, C, H, W] of bfloat16 @param predictors  one to three
/// @throws Error(invalid_argument) if is_fast_predictor() does not hold
[[nodiscard]] std::vector<torch::Tensor> predict(const torch::Tensor& in,
                                                 const std::vector<Predictor>& predictors);

/// The results of predict() for each level, concatenated: [N, sum of the levels' priors, values].
[[nodiscard]] torch::Tensor join_levels(const std::vector<torch::Tensor>& levels);

}  // namespace faceshot::training_ops
