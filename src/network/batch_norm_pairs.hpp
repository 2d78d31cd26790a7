// Which BatchNorm layers are one function with the convolution before them. No Torch here.
#pragma once

#include <map>
#include <string>

#include "network/network_spec.hpp"

namespace faceshot::network {

/// BatchNorm layers by the convolution that they read and that nothing else reads: what the
/// exporter folds (export/fold_batch_norm.hpp), and what a run puts back that starts from an
/// exported file (train/start/init_weights.hpp). Thread safe.
[[nodiscard]] std::map<std::string, std::string> batch_norm_pairs(const NetworkSpec& spec);

}  // namespace faceshot::network
