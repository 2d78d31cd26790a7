#include "augment/operations/photometric.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/random.hpp"

namespace faceshot::augment {
namespace {

cv::Vec3f applied(const ColorChange& change, const cv::Vec3f& bgr) {
  return color_matrix(change) * cv::Vec4f(bgr[0], bgr[1], bgr[2], 1);
}

float luma(const cv::Vec3f& bgr) { return 0.114F * bgr[0] + 0.587F * bgr[1] + 0.299F * bgr[2]; }

TEST(Photometric, DefaultsChangeNothing) {
  const cv::Vec3f color(10, 200, 97);
  EXPECT_LT(cv::norm(applied({}, color), color), 1e-3);
}

TEST(Photometric, BrightnessAddsAndContrastTurnsAboutMidGray) {
  EXPECT_LT(cv::norm(applied({.brightness = 20}, {1, 2, 3}), cv::Vec3f(21, 22, 23)), 1e-3);
  EXPECT_LT(cv::norm(applied({.contrast = 0.5F}, {28, 128, 228}), cv::Vec3f(78, 128, 178)), 1e-3);
}

TEST(Photometric, NoSaturationIsOpenCvsGray) {
  cv::Mat image(50, 50, CV_8UC3);
  cv::RNG(1).fill(image, cv::RNG::UNIFORM, 0, 256);
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  cv::cvtColor(gray, gray, cv::COLOR_GRAY2BGR);
  apply_color(color_matrix({.saturation = 0}), image);
  EXPECT_LE(cv::norm(image, gray, cv::NORM_INF), 1);
}

TEST(Photometric, SaturationAndHueKeepLumaAndGrays) {
  base::Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const ColorChange change{.saturation = random.uniform(0, 2), .hue = random.uniform(-180, 180)};
    const cv::Vec3f color(random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255));
    EXPECT_NEAR(luma(applied(change, color)), luma(color), 0.02);
    const cv::Vec3f gray = cv::Vec3f::all(random.uniform(0, 255));
    EXPECT_LT(cv::norm(applied(change, gray), gray), 0.1);
  }
}

TEST(Photometric, HueIsARotation) {
  const cv::Vec3f color(30, 90, 180);
  cv::Vec3f turned = color;
  for (int i = 0; i < 3; ++i) turned = applied({.hue = 120}, turned);
  EXPECT_LT(cv::norm(turned, color), 0.01);
  EXPECT_LT(cv::norm(applied({.hue = -35}, applied({.hue = 35}, color)), color), 0.01);
  EXPECT_GT(cv::norm(applied({.hue = 35}, color), color), 20);
}

TEST(Photometric, ApplyRoundsAndSaturatesOnce) {
  cv::Mat image(64, 64, CV_8UC3);
  cv::RNG(3).fill(image, cv::RNG::UNIFORM, 0, 256);
  const cv::Mat before = image.clone();
  const ColorChange change{.brightness = 25, .contrast = 1.4F, .saturation = 1.5F, .hue = -18};
  apply_color(color_matrix(change), image);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const cv::Vec3f exact = applied(change, before.at<cv::Vec3b>(y, x));
      for (int channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(image.at<cv::Vec3b>(y, x)[channel], std::clamp(exact[channel], 0.0F, 255.0F),
                    1);
      }
    }
  }
}

TEST(Photometric, OneMatrixForTwoChanges) {
  const auto first = color_matrix({.brightness = 25, .contrast = 1.4F});
  const auto second = color_matrix({.saturation = 0.5F, .hue = 40});
  const cv::Vec3f color(30, 90, 180);
  const cv::Vec3f once = first * cv::Vec4f(color[0], color[1], color[2], 1);
  const cv::Vec3f twice = second * cv::Vec4f(once[0], once[1], once[2], 1);
  const cv::Vec3f both = then(first, second) * cv::Vec4f(color[0], color[1], color[2], 1);
  EXPECT_LT(cv::norm(both, twice), 1e-2);
}

}  // namespace
}  // namespace faceshot::augment
