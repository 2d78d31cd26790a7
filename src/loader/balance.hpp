// Draws images of rare classes more often.
#pragma once

#include <cstdint>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::loader {

/// Repeat-factor sampling (Gupta, Dollár and Girshick, "LVIS", CVPR 2019, section 4): a class that
/// is in a share f of the images with boxes has the factor max(1, sqrt(rare / f)); an image has the
/// largest factor of its boxes' classes, rounded. Ignored boxes do not count.
/// @param rare classes in a smaller share of the images are repeated, in (0, 1]; 0: none is
/// @return for each set, the indices of its records in the concatenation of the sets, each repeated
/// by
///         its factor
/// @throws Error(invalid_argument) for a share outside [0, 1]
/// Pure, thread safe.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> balanced_decks(
    const std::vector<data::PreparedSet>& sets, float rare);

}  // namespace faceshot::loader
