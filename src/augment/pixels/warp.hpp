// Applies any projective map to a picture.
#pragma once

#include <opencv2/core.hpp>

#include "augment/pixels/geometry.hpp"

namespace faceshot::augment {

/// Fills `out` (8-bit BGR, of any size, allocated by the caller) with the mapped image. Maps that
/// keep the axes go through resample(). Others are interpolated linearly; where they shrink, the
/// part of the image that is seen is first reduced by averaging, so that nothing aliases. What lies
/// outside the image is `padding_gray`. Single-threaded; thread safe.
/// @pre image is 8-bit BGR and not empty, shares no memory with `out`; map is invertible
void warp(const cv::Mat& image, const PixelMap& map, cv::Mat& out);

}  // namespace faceshot::augment
