#include "augment/operations/blur.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "faceshot/error.hpp"
#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

/// Black with one white pixel.
cv::Mat point() {
  cv::Mat image = cv::Mat::zeros(101, 101, CV_8UC3);
  image.at<cv::Vec3b>(50, 50) = {255, 255, 255};
  return image;
}

cv::Moments spread(const cv::Mat& image) {
  cv::Mat gray;
  cv::extractChannel(image, gray, 1);
  return cv::moments(gray);
}

TEST(GaussianBlur, IsOpenCvs) {
  for (const float sigma : {0.4F, 1.5F, 5.0F}) {
    const cv::Mat before = test_picture();
    cv::Mat image = before.clone(), expected;
    gaussian_blur(image, sigma);
    cv::GaussianBlur(before, expected, {}, static_cast<double>(sigma));
    EXPECT_EQ(difference(image, expected), 0);
  }
}

TEST(MotionBlur, OfAPointIsALineOfTheGivenLengthAndAngle) {
  for (const float angle : {0.0F, 20.0F, 45.0F, 70.0F, 90.0F, 135.0F, 160.0F, -30.0F}) {
    for (const float length : {7.0F, 15.0F, 31.0F}) {
      cv::Mat image = point();
      motion_blur(image, length, angle);
      const cv::Moments m = spread(image);
      EXPECT_NEAR(m.m10 / m.m00, 50, 1e-9);  // not shifted
      EXPECT_NEAR(m.m01 / m.m00, 50, 1e-9);
      // A line of n pixels has the variance (n^2 - 1) / 12 along itself.
      const double n = std::sqrt(12 * (m.mu20 + m.mu02) / m.m00 + 1);
      EXPECT_NEAR(n, static_cast<double>(length), 1.5) << angle;
      // The axis of the second moments; y grows downwards.
      const double axis = -0.5 * std::atan2(2 * m.mu11, m.mu20 - m.mu02) * 180 / std::numbers::pi;
      const double off = std::remainder(axis - static_cast<double>(angle), 180);
      EXPECT_NEAR(off, 0, 60.0 / static_cast<double>(length)) << length;
    }
  }
}

TEST(MotionBlur, HorizontalAndVerticalAreOpenCvsBox) {
  const cv::Mat before = test_picture();
  for (const bool upright : {false, true}) {
    cv::Mat image = before.clone(), expected;
    motion_blur(image, 21, upright ? 90.0F : 0.0F);
    cv::blur(before, expected, upright ? cv::Size(1, 21) : cv::Size(21, 1), {-1, -1},
             cv::BORDER_REFLECT_101);
    EXPECT_LE(difference(image, expected), 1);
  }
}

TEST(DefocusBlur, IsAFilterWithADisc) {
  const cv::Mat before = test_picture();
  for (const float radius : {1.0F, 1.5F, 3.3F, 9.0F}) {
    cv::Mat disc = cv::Mat::zeros(19, 19, CV_32F);
    for (int y = -9; y <= 9; ++y) {
      for (int x = -9; x <= 9; ++x) {
        if (std::hypot(x, y) <= static_cast<double>(radius)) disc.at<float>(y + 9, x + 9) = 1;
      }
    }
    disc /= cv::sum(disc)[0];
    cv::Mat image = before.clone(), expected;
    defocus_blur(image, radius);
    cv::filter2D(before, expected, -1, disc, {-1, -1}, 0, cv::BORDER_REFLECT_101);
    EXPECT_LE(difference(image, expected), 1) << radius;
  }
}

TEST(Blur, OneColorStaysItself) {
  for (const int level : {0, 1, 127, 254, 255}) {
    const cv::Mat before(40, 40, CV_8UC3, cv::Scalar::all(level));
    cv::Mat image = before.clone();
    gaussian_blur(image, 3);
    motion_blur(image, 255, 30);
    motion_blur(image, 11, 72);
    defocus_blur(image, 9);
    EXPECT_EQ(difference(image, before), 0) << level;
  }
}

TEST(Blur, NothingAskedChangesNothing) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  gaussian_blur(image, 0);
  motion_blur(image, 0, 10);
  motion_blur(image, 1, 10);
  defocus_blur(image, 0.9F);
  EXPECT_EQ(difference(image, before), 0);
}

TEST(Blur, RefusesTheImpossible) {
  cv::Mat image = test_picture();
  EXPECT_THROW(motion_blur(image, 256, 0), Error);
  EXPECT_THROW(motion_blur(image, -1, 0), Error);
  EXPECT_THROW(defocus_blur(image, 9.1F), Error);
  EXPECT_THROW(defocus_blur(image, NAN), Error);
}

TEST(Blur, KeepsToItsPart) {
  expect_keeps_to_its_part([](cv::Mat& image) { gaussian_blur(image, 2); });
  expect_keeps_to_its_part([](cv::Mat& image) { motion_blur(image, 13, 33); });
  expect_keeps_to_its_part([](cv::Mat& image) { defocus_blur(image, 4.5F); });
}

}  // namespace
}  // namespace faceshot::augment
