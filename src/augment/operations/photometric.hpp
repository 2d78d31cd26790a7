// Linear changes of colour, combined into one affine map of the colour space.
#pragma once

#include <opencv2/core.hpp>

namespace faceshot::augment {

/// A change of colours. The defaults change nothing.
struct ColorChange {
  float brightness = 0;  ///< added, in 0..255
  float contrast = 1;    ///< factor relative to mid-grey (128)
  float saturation = 1;  ///< factor of the chroma; 0 makes grey
  float hue = 0;         ///< rotation of the chroma, degrees
};

/// The change as a 3x4 matrix on (B, G, R, 1). Saturation and hue act in YIQ (NTSC), where neither
/// affects the luma: greys stay grey, and the brightness of the picture stays.
[[nodiscard]] cv::Matx34f color_matrix(const ColorChange& change) noexcept;

/// The matrix that applies `first` and then `second`, without rounding in between.
[[nodiscard]] cv::Matx34f then(const cv::Matx34f& first, const cv::Matx34f& second) noexcept;

/// Applies it in place, rounding and saturating once. @pre image is 8-bit BGR
void apply_color(const cv::Matx34f& matrix, cv::Mat& image);

}  // namespace faceshot::augment
