// The weights that a run starts with, taken from a file that this or another tool saved. No Torch
// here.
#pragma once

#include "train/config.hpp"
#include "weights/match_report.hpp"
#include "weights/weights.hpp"

namespace faceshot {

/// Replaces the weights that options.file has, matched by name (match_weights()); the others keep
/// their values. Thread safe.
/// @param weights  all parameters and BatchNorm statistics of the network; unchanged after an error
/// @return what became of each array
/// @throws Error as read_weight_file; Error(invalid_argument) that names the file where nothing
///   matches, or with options.strict not everything does; Error(format) for a matched array with
///   values that are not finite
MatchReport init_weights(Weights& weights, const InitOptions& options);

}  // namespace faceshot
