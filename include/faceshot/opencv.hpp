// OpenCV's matrices as images, for programs that have OpenCV; the library itself needs none of it.
// Header-only.
#pragma once

#include <cstddef>
#include <opencv2/core.hpp>
#include <string>

#include "faceshot/error.hpp"
#include "faceshot/image_view.hpp"

namespace faceshot {
inline namespace v0_1 {

/// View of an 8-bit matrix of 1, 3 (BGR) or 4 (BGRA) channels. Shares the pixels: the matrix must
/// outlive it.
///
///     const auto faces = detector.detect(faceshot::view_of(cv::imread("photo.jpg")));
///
/// @throws Error(invalid_argument) for any other matrix
[[nodiscard]] inline ImageView view_of(const cv::Mat& image) {
  const auto format = [&] {
    switch (image.type()) {
      case CV_8UC1:
        return PixelFormat::gray;
      case CV_8UC3:
        return PixelFormat::bgr;
      case CV_8UC4:
        return PixelFormat::bgra;
      default:
        throw Error(ErrorCode::invalid_argument,
                    "an image must have 1, 3 or 4 channels of 8 bits, not OpenCV's type " +
                        std::to_string(image.type()));
    }
  }();
  return {image.data, image.cols, image.rows, static_cast<std::ptrdiff_t>(image.step), format};
}

}  // namespace v0_1
}  // namespace faceshot
