// Applies projective maps to pictures.
#pragma once

#include <opencv2/core.hpp>

#include "augment/pixels/geometry.hpp"

namespace faceshot::augment {

/// Fills `out` (8-bit BGR, of any size, allocated by the caller) with the mapped image. Maps that
/// keep the axes go through resample(). Others are interpolated linearly; if they shrink, the
/// visible part of the image is first reduced by averaging to avoid aliasing. Outside the image is
/// `padding_gray`. Single-threaded; thread safe.
/// @pre image is 8-bit BGR and not empty, shares no memory with `out`; map is invertible
void warp(const cv::Mat& image, const PixelMap& map, cv::Mat& out);

}  // namespace faceshot::augment
