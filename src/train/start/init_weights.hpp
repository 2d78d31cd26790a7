// The weights that a run starts with, taken from a file that this or another tool saved. No Torch
// here.
#pragma once

#include "network/network_spec.hpp"
#include "train/config/config.hpp"
#include "weights/match_report.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

/// Replaces the weights that options.file has, matched by name (match_weights()); the others keep
/// their values. Thread safe.
///
/// Of a file that `faceshot export` wrote, which has BatchNorm folded into the convolutions
/// (export/fold_batch_norm.hpp), the network becomes the same function: where it has BatchNorm
/// (batch_norm_pairs()) and the file a bias of the convolution under the network's own name, the
/// convolution gets the file's weights and BatchNorm adds the bias and changes nothing else. That
/// is nothing to train from yet: unfold_batch_norm.hpp makes it so. What else the exporter adds for
/// operators that it writes as others (shapes, windows of means) has no place and counts nowhere.
/// With options.grow, arrays of a narrower and less deep network are taken as well, so that this
/// one computes the same (grow_weights.hpp). Of a file of another's classes the predictors are
/// brought to this network's (class_logits.hpp).
/// @param weights  all parameters and BatchNorm statistics of the network; unchanged after an error
/// @param spec  the network
/// @return what became of each array; in `unfolded` the BatchNorm layers that are as said above
/// @throws Error as read_weight_file; Error(invalid_argument) that names the file where nothing
///   matches, or with options.strict not everything does; Error(format) for a matched array with
///   values that are not finite
weights::MatchReport init_weights(weights::Weights& weights, const network::NetworkSpec& spec,
                                  const InitOptions& options);

}  // namespace faceshot::train
