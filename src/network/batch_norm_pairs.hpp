// Which BatchNorm layers form one function with the convolution before them. No Torch here.
#pragma once

#include <map>
#include <string>

#include "network/network_spec.hpp"

namespace faceshot::network {

/// BatchNorm layers by the convolution whose only reader they are: the pairs that the exporter
/// folds (export/fold_batch_norm.hpp), and that a run restores if it starts from an exported file
/// (train/start/init_weights.hpp). Thread safe.
[[nodiscard]] std::map<std::string, std::string> batch_norm_pairs(const NetworkSpec& spec);

}  // namespace faceshot::network
