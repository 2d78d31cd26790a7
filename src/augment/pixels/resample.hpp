// A single resampling from one picture to the next: crop, scale, pad and flip at once.
#pragma once

#include <opencv2/core.hpp>

#include "augment/pixels/window.hpp"

namespace faceshot::augment {

/// Grey level outside the image.
inline constexpr int padding_gray = 127;

/// Which sides are swapped.
struct Flip {
  bool left_right = false, up_down = false;
};

/// Fills `sample` (8-bit BGR, of any size, allocated by the caller) with the window.
///
/// Each pixel is the mean over the rectangle of the source that it covers, or over one source pixel
/// if that is larger, along each axis. So shrinking equals cv::INTER_AREA and enlarging
/// cv::INTER_LINEAR, with a continuous transition, and windows may start anywhere, not only at
/// whole pixels. Pixels whose centre is outside the image are `padding_gray`. Single-threaded;
/// thread safe.
/// @pre image is 8-bit BGR and not empty
void resample(const cv::Mat& image, const Window& window, Flip flip, cv::Mat& sample);

}  // namespace faceshot::augment
