// The class predictors of a network that starts from a file with other classes: a class starts with
// the logits of the class of the same name. No Torch here.
#pragma once

#include <string>
#include <vector>

#include "network/network_spec.hpp"
#include "weights/name_map.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

/// The start of each class of `spec`: the class of the same name in the file; otherwise "face", or
/// the only class of the file; otherwise nothing (`from` empty), that is, random weights.
[[nodiscard]] std::vector<weights::MatchReport::ClassStart> class_starts(
    const network::NetworkSpec& spec, const std::vector<std::string>& file_classes);

/// Converts the class predictors in the arrays of a FaceShot file to the network's shape, with
/// background and classes in its order. If several classes start from the same one, they share its
/// probability equally, so that the probability of background is unchanged. Predictors whose
/// classes cannot be separated (max-out, other numbers of priors) stay unchanged.
/// @param own the network's weights, for classes that start from nothing
/// @param arrays of the file, with its own names
void carry_class_logits(const network::NetworkSpec& spec,
                        const std::vector<std::string>& file_classes,
                        const std::vector<weights::MatchReport::ClassStart>& starts,
                        const weights::Weights& own, std::vector<weights::NamedArray>& arrays);

}  // namespace faceshot::train
