// The parts of a network, and which of its layers a config freezes. No Torch here; thread safe.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "network/network_spec.hpp"

namespace faceshot::network {

/// The part that a layer or a parameter belongs to, by the prefix of its name: "backbone"
/// ("backbone."), "neck" ("neck."), "extras" ("extras."), "heads" ("head"); "" for other names.
[[nodiscard]] std::string_view part_of(std::string_view name);

/// The parts that the network has, in order from input to output.
[[nodiscard]] std::vector<std::string> parts_of(const NetworkSpec& spec);

/// The layers that `freeze` names. Its elements are parts, or "backbone.until:TAP": the layers of
/// the backbone up to and including that tap (NetworkSpec::taps), in computing order.
/// @throws Error(invalid_argument) for a part or tap that the network does not have, listing what
/// it
///   has, and if nothing would be left to train
[[nodiscard]] std::set<std::string> frozen_layers(const NetworkSpec& spec,
                                                  const std::vector<std::string>& freeze);

}  // namespace faceshot::network
