// Initial weights of a run, from a file saved by FaceShot or another tool. No Torch here.
#pragma once

#include "network/network_spec.hpp"
#include "train/config/config.hpp"
#include "weights/match_report.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

/// Replaces the weights found in options.file, matched by name (match_weights()); the others keep
/// their values. Thread safe.
///
/// Files of `faceshot export` have BatchNorm folded into the convolutions
/// (export/fold_batch_norm.hpp). From such a file the network becomes the same function: if it has
/// BatchNorm after a convolution (batch_norm_pairs()) and the file has a bias of that convolution
/// under the network's own name, the convolution gets the file's weights, and BatchNorm only adds
/// the bias. Training needs more than that: see unfold_batch_norm.hpp. Constants that the exporter
/// adds when it writes one operator as several (shapes, windows of means) are skipped and not
/// reported. With options.grow, arrays of a narrower and shallower network are accepted as well, so
/// that this one computes the same (grow_weights.hpp). If the file has other classes, its
/// predictors are converted to this network's (class_logits.hpp).
/// @param weights  all parameters and BatchNorm statistics of the network; unchanged after an error
/// @param spec  the network
/// @return how each array was matched; `unfolded` has the BatchNorm layers described above
/// @throws Error as read_weight_file; Error(invalid_argument) naming the file if nothing matches,
/// or,
///   with options.strict, not everything; Error(format) for a matched array with non-finite values
weights::MatchReport init_weights(weights::Weights& weights, const network::NetworkSpec& spec,
                                  const InitOptions& options);

}  // namespace faceshot::train
