// Draws images of rare classes more often.
#pragma once

#include <cstdint>
#include <vector>

#include "data/prepared/prepared.hpp"

namespace faceshot::loader {

/// Repeat-factor sampling (Gupta, Dollár and Girshick, "LVIS", CVPR 2019, section 4): a class that
/// is in a share f of the images with boxes has the factor max(1, sqrt(rare / f)), an image the
/// largest of its boxes' classes, rounded. Boxes to be ignored do not count.
/// @param rare share of the images below which a class is seen more often, in (0, 1]; 0: none is
/// @return for each set, the places of its records in the concatenation of the sets, each as often
///         as its factor says
/// @throws Error(invalid_argument) for a share outside [0, 1]
/// Pure, thread safe.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> balanced_decks(
    const std::vector<data::PreparedSet>& sets, float rare);

}  // namespace faceshot::loader
