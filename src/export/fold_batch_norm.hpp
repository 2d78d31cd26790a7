// Folds BatchNorm into the convolution before it: the same function with one layer less.
#pragma once

#include "network/network_spec.hpp"
#include "weights/weights.hpp"

namespace faceshot::exporter {

struct FoldedNetwork {
  network::NetworkSpec spec;
  weights::Weights weights;
};

/// Each batch_norm whose input is a convolution without other readers becomes part of it:
/// w' = w * gamma / sqrt(var + eps), b' = beta + (b - mean) * gamma / sqrt(var + eps), computed in
/// double precision. Others stay. Thread safe.
/// @throws Error(format) if a parameter is missing
[[nodiscard]] FoldedNetwork fold_batch_norm(const network::NetworkSpec& spec,
                                            const weights::Weights& weights);

}  // namespace faceshot::exporter
