#include "augment/operations/tone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "faceshot/error.hpp"
#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

/// Every value once in each channel.
cv::Mat all_values() {
  cv::Mat image(16, 16, CV_8UC3);
  for (int v = 0; v < 256; ++v) {
    image.at<cv::Vec3b>(v / 16, v % 16) = cv::Vec3b::all(static_cast<unsigned char>(v));
  }
  return image;
}

/// Expects that `after` has the luma `expected` and the chroma of `before`, wherever no channel is
/// at the end of its range.
void expect_luma(const cv::Mat& after, const cv::Mat& expected, const cv::Mat& before) {
  int compared = 0;
  for (int y = 0; y < after.rows; ++y) {
    for (int x = 0; x < after.cols; ++x) {
      const auto a = after.at<cv::Vec3b>(y, x), b = before.at<cv::Vec3b>(y, x);
      const auto [low, high] = std::minmax({a[0], a[1], a[2]});
      if (low == 0 || high == 255) continue;
      ++compared;
      ASSERT_NEAR(0.114 * a[0] + 0.587 * a[1] + 0.299 * a[2], expected.at<unsigned char>(y, x), 1);
      ASSERT_EQ(a[0] - a[1], b[0] - b[1]);
      ASSERT_EQ(a[2] - a[1], b[2] - b[1]);
    }
  }
  EXPECT_GT(compared, after.rows * after.cols / 2);
}

cv::Mat gray(const cv::Mat& image) {
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  return gray;
}

TEST(Gamma, FollowsTheFormula) {
  for (const float exponent : {0.4F, 1.0F, 2.2F}) {
    cv::Mat image = all_values();
    gamma(image, exponent);
    for (int v = 0; v < 256; ++v) {
      const double exact = 255 * std::pow(v / 255.0, static_cast<double>(exponent));
      EXPECT_NEAR(image.at<cv::Vec3b>(v / 16, v % 16)[1], exact, 0.501);
    }
  }
}

TEST(Gamma, RefusesZero) {
  cv::Mat image = all_values();
  EXPECT_THROW(gamma(image, 0), Error);
  EXPECT_THROW(gamma(image, NAN), Error);
}

TEST(Posterize, LeavesTwoToTheBitsLevels) {
  for (int bits = 1; bits <= 8; ++bits) {
    cv::Mat image = all_values();
    posterize(image, bits);
    EXPECT_LT(difference(image, all_values()), 1 << (8 - bits));
    std::vector<bool> seen(256);
    for (int v = 0; v < 256; ++v) seen[image.at<cv::Vec3b>(v / 16, v % 16)[2]] = true;
    EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 1 << bits);
  }
  cv::Mat image = all_values();
  EXPECT_THROW(posterize(image, 0), Error);
  EXPECT_THROW(posterize(image, 9), Error);
}

TEST(Equalize, IsOpenCvsOnLuma) {
  cv::Mat before = test_picture();
  before = before / 4 + cv::Scalar::all(60);  // dull, so that there is something to change
  cv::Mat image = before.clone();
  equalize(image);
  cv::Mat expected;
  cv::equalizeHist(gray(before), expected);
  expect_luma(image, expected, before);
  EXPECT_GT(difference(image, before), 50);
}

TEST(Clahe, IsOpenCvsOnLuma) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  clahe(image, 3, 4);
  cv::Mat expected;
  cv::createCLAHE(3, {4, 4})->apply(gray(before), expected);
  expect_luma(image, expected, before);
  EXPECT_GT(difference(image, before), 10);
  EXPECT_THROW(clahe(image, 0, 4), Error);
  EXPECT_THROW(clahe(image, 2, 0), Error);
}

TEST(Tone, NothingAskedChangesNothing) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  gamma(image, 1);
  posterize(image, 8);
  EXPECT_EQ(difference(image, before), 0);
}

TEST(Tone, KeepsToItsPart) {
  expect_keeps_to_its_part([](cv::Mat& image) { gamma(image, 0.5F); });
  expect_keeps_to_its_part([](cv::Mat& image) { posterize(image, 3); });
  expect_keeps_to_its_part([](cv::Mat& image) { equalize(image); });
  expect_keeps_to_its_part([](cv::Mat& image) { clahe(image, 2, 3); });
}

}  // namespace
}  // namespace faceshot::augment
