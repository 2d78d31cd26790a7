// The classes of a run. No Torch here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::train {

/// The names that a run trains, in the order of their ids.
/// @param wanted model.classes: names, which choose and order; or "auto" alone: those of the sets
///        that have boxes (of all sets, if none has), the first set's first, equal names once
/// @throws Error(invalid_argument) for a name that no set has, listing those there are
[[nodiscard]] std::vector<std::string> trained_classes(const std::vector<std::string>& wanted,
                                                       const std::vector<data::PreparedSet>& sets);

/// How many boxes that count each class has.
[[nodiscard]] std::vector<std::size_t> boxes_of_classes(const std::vector<data::PreparedSet>& sets,
                                                        std::size_t classes);

}  // namespace faceshot::train
