// Affine changes of colour, as 3x4 matrices on (B, G, R, 1) with values in 0..255, the convention
// of photometric.hpp, so that several can be applied in one pass over the picture.
//
// All functions are pure and thread safe.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// The brown of an old print. @param strength 0 (no change) to 1 (no other colour left)
[[nodiscard]] cv::Matx34f sepia_matrix(float strength) noexcept;

/// A different colour of light, as gains of the three channels (von Kries' model). The brightness
/// of greys stays.
/// @param warmth -1 (blue, as in shade) to 1 (orange, as from a light bulb); 0: no change
/// @param tint -1 (green, as from fluorescent tubes) to 1 (magenta); 0: no change
[[nodiscard]] cv::Matx34f white_balance_matrix(float warmth, float tint) noexcept;

/// Adds to each channel. @param blue, green, red in grey levels, -255..255
[[nodiscard]] cv::Matx34f channel_shift_matrix(float blue, float green, float red) noexcept;

/// Permutes channels.
/// @param permutation which of the six, in lexicographic order of the new B, G, R: 0 BGR (no
/// change),
///        1 BRG, 2 GBR, 3 GRB, 4 RBG, 5 RGB
/// @throws Error(invalid_argument) for another number
[[nodiscard]] cv::Matx34f channel_swap_matrix(int permutation);

}  // namespace faceshot::augment
