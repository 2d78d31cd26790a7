// The class predictors of a network that starts from a file of another's: a class begins with the
// logits of the class of its name. No Torch here.
#pragma once

#include <string>
#include <vector>

#include "network/network_spec.hpp"
#include "weights/name_map.hpp"
#include "weights/weights.hpp"

namespace faceshot::train {

/// Where each class of `spec` begins: with the class of its name in the file; else with "face", or
/// with the only one that the file has; else with nothing (`from` empty), that is, random.
[[nodiscard]] std::vector<weights::MatchReport::ClassStart> class_starts(
    const network::NetworkSpec& spec, const std::vector<std::string>& file_classes);

/// Brings the arrays of the class predictors of a file that FaceShot wrote to the shape that the
/// network has, background and classes in its order. Where several classes begin with the same one
/// they share its probability equally, so that background stays as likely as it was. Predictors
/// that it cannot tell apart (max-out, other numbers of priors) stay as they are.
/// @param own the network's weights, for classes that begin with nothing
/// @param arrays of the file, under its own names
void carry_class_logits(const network::NetworkSpec& spec,
                        const std::vector<std::string>& file_classes,
                        const std::vector<weights::MatchReport::ClassStart>& starts,
                        const weights::Weights& own, std::vector<weights::NamedArray>& arrays);

}  // namespace faceshot::train
