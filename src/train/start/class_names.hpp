// The classes of a run. No Torch here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::train {

/// The classes that a run trains, in the order of their ids.
/// @param wanted model.classes: names, which select and order; or "auto" alone: those of the sets
///        that have boxes (of all sets, if none has), the first set's first, without duplicates
/// @throws Error(invalid_argument) for a name that no set has, listing those that exist
[[nodiscard]] std::vector<std::string> trained_classes(const std::vector<std::string>& wanted,
                                                       const std::vector<data::PreparedSet>& sets);

/// loss.class_weights by class id; empty if none is given.
/// @param weights "NAME=WEIGHT": not negative; a class that is not named has 1
/// @throws Error(invalid_argument) for any other text, a name that is not among the classes,
///         or a repeated one
[[nodiscard]] std::vector<float> weights_of_classes(const std::vector<std::string>& weights,
                                                    const std::vector<std::string>& classes);

/// Number of boxes of each class that are not ignored.
[[nodiscard]] std::vector<std::size_t> boxes_of_classes(const std::vector<data::PreparedSet>& sets,
                                                        std::size_t classes);

}  // namespace faceshot::train
