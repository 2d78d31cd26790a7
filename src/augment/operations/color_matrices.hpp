// Changes of colour that are affine: as 3x4 matrices on (B, G, R, 1) with values in 0..255, the
// convention of photometric.hpp, so that several fold into one pass over the picture.
//
// All functions are pure and safe to call from any thread.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Brown as an old print. @param strength 0 (nothing) to 1 (no other colour left)
[[nodiscard]] cv::Matx34f sepia_matrix(float strength) noexcept;

/// Light of another colour, as gains of the three channels (von Kries' model). The brightness of
/// greys stays.
/// @param warmth -1 (blue, as in shade) to 1 (orange, as from a light bulb); 0 leaves it
/// @param tint -1 (green, as from fluorescent tubes) to 1 (magenta); 0 leaves it
[[nodiscard]] cv::Matx34f white_balance_matrix(float warmth, float tint) noexcept;

/// Adds to each channel. @param blue, green, red in grey levels, -255..255
[[nodiscard]] cv::Matx34f channel_shift_matrix(float blue, float green, float red) noexcept;

/// Exchanges channels.
/// @param permutation which of the six, in dictionary order of what B, G, R become: 0 BGR
///        (nothing changes), 1 BRG, 2 GBR, 3 GRB, 4 RBG, 5 RGB
/// @throws Error(invalid_argument) for another number
[[nodiscard]] cv::Matx34f channel_swap_matrix(int permutation);

}  // namespace faceshot::augment
