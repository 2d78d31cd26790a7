// Invariants of every operation on pixels.
#pragma once

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace faceshot::augment {

/// A picture with large areas, detail, black and white.
inline cv::Mat test_picture(int width = 320, int height = 320) {
  cv::Mat picture(height, width, CV_8UC3);
  cv::RNG(7).fill(picture, cv::RNG::UNIFORM, 0, 256);
  cv::GaussianBlur(picture, picture, {}, 4);
  cv::normalize(picture, picture, 0, 255, cv::NORM_MINMAX);
  return picture;
}

/// Largest difference between two pictures of the same size.
inline double difference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_INF);
}

/// Expects that a part of a larger picture gives the same result as on its own, and that the
/// surroundings are unchanged. `operation` receives the image and must do the same each time. Tests
/// odd sizes, down to one pixel.
template <class Operation>
void expect_keeps_to_its_part(Operation operation) {
  for (const cv::Rect part : {cv::Rect(13, 7, 61, 47), cv::Rect(5, 6, 1, 1), cv::Rect(9, 3, 40, 1),
                              cv::Rect(9, 3, 2, 33), cv::Rect(0, 0, 100, 80)}) {
    SCOPED_TRACE(part);
    const cv::Mat before = test_picture(100, 80);
    cv::Mat alone = before(part).clone();
    operation(alone);
    cv::Mat whole = before.clone();
    cv::Mat roi = whole(part);
    operation(roi);
    ASSERT_EQ(roi.data, whole.ptr(part.y) + 3 * part.x) << "not in place";
    EXPECT_EQ(difference(whole(part), alone), 0);
    before(part).copyTo(whole(part));
    EXPECT_EQ(difference(whole, before), 0) << "wrote outside";
  }
}

}  // namespace faceshot::augment
