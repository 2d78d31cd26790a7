// Folds score maps into the network's last convolutions, so any runtime produces the
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

/// The file whose logits of face against background are those of `onnx` under the maps. Each prior
/// of a cell has its own channels in its level's last convolution: their weights and biases are
/// multiplied by a, and b is added to the face's bias. If a maximum over several channels follows
/// (model.heads.max_out), all convolutions behind it are changed in the same way, which is
/// equivalent, since a > 0. Initialisers that other nodes also read stay unchanged for those.
/// Nothing else changes.
/// @param onnx a file that the engine loads, of an SSD with one class
/// @param maps one per kind of prior (candidates.hpp), a > 0
/// @param metadata keys of metadata_props to set or to replace
/// @throws Error(invalid_argument) for a wrong number of maps or a <= 0; Error(unsupported) if the
///         confidence output is not computed as in files of faceshot export, naming the node.
/// Thread safe.
[[nodiscard]] std::string fold_score_maps(std::string_view onnx, const ModelInfo& info,
                                          std::span<const PlattMap> maps,
                                          const std::map<std::string, std::string>& metadata);

/// Runs both files in the engine on noise. Thread safe.
/// @throws Error(format) if the outputs of `folded` are not those of `original` under the maps
void prove_folded(const Network& original, const Network& folded, const ModelInfo& info,
                  std::span<const PlattMap> maps);

}  // namespace faceshot::calibrate
