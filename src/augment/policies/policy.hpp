// The augmentation of photographs before training, as users write it in TOML:
//
//   [[augment.policy]]                     # order matters
//   op = "one_of"                          # an operation: `faceshot augment ops` lists all
//   p = 0.8                                # probability; 1 by default
//   steps = [{op = "affine", rotate = 10, scale = [0.9, 1.1]}, {op = "gaussian_blur"}]
//
// A parameter is a number, a range [low, high], or a choice: a list of at least three, or
// {choice = [a, b]}. For symmetric parameters such as rotate, a single number x means [-x, x].
#pragma once

#include <string>
#include <vector>

#include "augment/operations/operation.hpp"

namespace faceshot::augment {

using Policy = std::vector<Step>;

/// Reads [[augment.policy]] (or `policy` at the top level) of a TOML document.
/// @param name of the document, for messages
/// @throws Error(invalid_argument) "NAME:LINE: what", with the nearest known name for a mistyped
/// one
[[nodiscard]] Policy parse_policy(const std::string& toml, const std::string& name);

/// @param preset_or_file one of preset_names(), or a TOML file
/// @throws Error(not_found) if it is neither; Error(invalid_argument) as parse_policy
[[nodiscard]] Policy read_policy(const std::string& preset_or_file);

/// Policies included with FaceShot: configs/augment/NAME.toml.
[[nodiscard]] std::vector<std::string> preset_names();

/// @throws Error(invalid_argument) for an unknown name, with the nearest known one
[[nodiscard]] const Policy& preset_policy(const std::string& name);

/// The policy with every parameter, on one line, as a TOML array from which parse_policy restores
/// it.
[[nodiscard]] std::string to_toml(const Policy& policy);

}  // namespace faceshot::augment
