// Blur: of an out-of-focus lens, of a moving camera, and Gaussian blur.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written (its border is mirrored). Thread safe.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Gaussian blur. @param sigma standard deviation in pixels; 0 or less changes nothing
void gaussian_blur(cv::Mat& image, float sigma);

/// Each pixel becomes the mean along a line through it: motion blur of a camera that moves during
/// the exposure.
/// @param length of the line in pixels, 0..255; rounded so that the line has an odd number of
/// pixels
///        along the axis to which it is closer, since the picture must not shift
/// @param angle of the line, degrees, counter-clockwise from horizontal
/// @throws Error(invalid_argument) for another length
void motion_blur(cv::Mat& image, float length, float angle);

/// Each pixel becomes the mean of the disc around it: an out-of-focus lens.
/// @param radius in pixels, 0..9; pixels whose centres are within it count. Below 1 changes nothing
/// @throws Error(invalid_argument) for another radius
void defocus_blur(cv::Mat& image, float radius);

}  // namespace faceshot::augment
