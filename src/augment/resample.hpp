// One resampling from the photograph straight to the sample: crop, scale, pad and flip at once.
#pragma once

#include <opencv2/core.hpp>

#include "augment/crop.hpp"

namespace faceshot {

/// Grey level of what lies outside the image.
inline constexpr int padding_gray = 127;

/// Fills `sample` (size x size, 8-bit BGR, continuous, allocated by the caller) with the window.
///
/// Each pixel is the mean over the square of the source that it covers, or over one source pixel's
/// square where that is larger. So shrinking equals cv::INTER_AREA and magnifying cv::INTER_LINEAR,
/// with nothing in between, and windows may start anywhere, not only at whole pixels. Pixels whose
/// centre lies outside the image are `padding_gray`. Single-threaded; thread safe.
/// @pre image is 8-bit BGR and not empty
void resample(const cv::Mat& image, const CropWindow& window, bool flip, cv::Mat& sample);

}  // namespace faceshot
