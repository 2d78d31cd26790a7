// A crop of a photograph around a box, for reports and contact sheets. Thread safe.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::data {

/// A square of a photograph, scaled.
struct FaceCrop {
  cv::Mat image;        ///< 8-bit BGR, square
  cv::Rect2d region{};  ///< in pixels of the photograph
};

/// The square is `context` times as large as the box, and at least `least` pixels of the
/// photograph; shifted into the photograph if it fits, grey beyond.
/// @param side of the crop, pixels
[[nodiscard]] FaceCrop crop_around(const cv::Mat& photograph, const cv::Rect2d& box, int side,
                                   double context = 3, double least = 64);

/// Draws a box, in pixels of the photograph, into the crop.
void draw_box(FaceCrop& crop, const cv::Rect2d& box, const cv::Scalar& color, int thickness);

}  // namespace faceshot::data
