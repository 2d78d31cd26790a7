// Nonlinear changes of brightness and contrast.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written. Thread safe.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Each value v, with 0 black and 1 white, becomes v^exponent.
/// @param exponent > 0; below 1 brightens, above 1 darkens, 1 changes nothing
/// @throws Error(invalid_argument) for another exponent
void gamma(cv::Mat& image, float exponent);

/// Keeps the upper bits of each value and clears the others (AutoAugment, CVPR 2019).
/// @param bits 1..8; 8 changes nothing
/// @throws Error(invalid_argument) for another number
void posterize(cv::Mat& image, int bits);

/// Equalises the histogram of the luma over 0..255. The chroma stays.
void equalize(cv::Mat& image);

/// Equalises the luma of each tile separately, with a limit, and interpolates between tiles (CLAHE,
/// K. Zuiderveld, "Graphics Gems IV", 1994). The chroma stays.
/// @param clip_limit > 0; maximum contrast relative to the mean, commonly 1..4
/// @param tiles > 0; number of tiles along each side
/// @throws Error(invalid_argument) for other values
void clahe(cv::Mat& image, float clip_limit, int tiles);

}  // namespace faceshot::augment
