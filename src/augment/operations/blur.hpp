// Blur: of a lens out of focus, of a moving camera, and the plain one.
//
// All work in place on 8-bit BGR of any size, which may be a part of a larger picture; nothing
// outside that part is read or written (at its border it is mirrored). Thread safe.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// Gaussian blur. @param sigma standard deviation in pixels; 0 or less changes nothing
void gaussian_blur(cv::Mat& image, float sigma);

/// Each pixel becomes the mean along a line through it: motion blur of a moving camera while it
/// exposed.
/// @param length of the line in pixels, 0..255; rounded so that the line, counted along the axis
///        it is closer to, has an odd number of pixels, for the picture is not to shift
/// @param angle of the line, degrees, counter-clockwise from horizontal
/// @throws Error(invalid_argument) for another length
void motion_blur(cv::Mat& image, float length, float angle);

/// Each pixel becomes the mean of the disc around it: a lens out of focus.
/// @param radius in pixels, 0..9; pixels count whose centres lie within. Below 1 changes nothing
/// @throws Error(invalid_argument) for another radius
void defocus_blur(cv::Mat& image, float radius);

}  // namespace faceshot::augment
