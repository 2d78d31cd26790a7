// Policies inside larger TOML documents. Separate from policy.hpp, since toml++ is a large header.
#pragma once

#include <string>

#include "augment/policies/policy.hpp"
#include "base/toml.hpp"

namespace faceshot::augment {

/// @param node an array of steps @param name of the document, for messages
/// @throws Error(invalid_argument) "NAME:LINE: what"
[[nodiscard]] Policy policy_of(const toml::node& node, const std::string& name);

/// "NAME:LINE", or only NAME for nodes that do not come from a document.
[[nodiscard]] std::string place_of(const toml::node& node, const std::string& name);

}  // namespace faceshot::augment
