// Folds maps of scores into the network's last convolutions, so that any runtime gives the
// mapped scores.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "calibrate/platt_scaling.hpp"
#include "faceshot/model_info.hpp"
#include "faceshot/network.hpp"

namespace faceshot::calibrate {

/// The file with logits of face against background that are those of `onnx` under the maps. Each
/// prior of a cell has channels of its own in its level's last convolution: their weights and
/// biases are multiplied by a, and the face's bias is raised by b. Where a maximum over several
/// channels follows (model.heads.max_out), the convolutions that it takes them from are changed
/// alike, which comes to the same, since a > 0. Initialisers that other nodes read, too, stay as
/// they are for these. Nothing else changes.
/// @param onnx a file that the engine loads, of an SSD with one class
/// @param maps one for each kind of prior (candidates.hpp), a > 0
/// @param metadata keys of metadata_props to set or to replace
/// @throws Error(invalid_argument) for maps of another number or with a <= 0; Error(unsupported) if
///         the confidence output is not made as faceshot export makes it, naming the node.
/// Thread safe.
[[nodiscard]] std::string fold_score_maps(std::string_view onnx, const ModelInfo& info,
                                          std::span<const PlattMap> maps,
                                          const std::map<std::string, std::string>& metadata);

/// Runs both files in the engine on inputs of noise. Thread safe.
/// @throws Error(format) if the outputs of `folded` are not those of `original` under the maps
void prove_folded(const Network& original, const Network& folded, const ModelInfo& info,
                  std::span<const PlattMap> maps);

}  // namespace faceshot::calibrate
