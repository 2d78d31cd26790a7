#include "synth/camera.hpp"

#include <gtest/gtest.h>

#include "synth/scene.hpp"

namespace faceshot::synth {
namespace {

TEST(Camera, KeepsSizeAndTypeAndDependsOnTheStreamAlone) {
  const cv::Mat original(120, 161, CV_8UC3, cv::Scalar(90, 120, 150));
  for (std::uint32_t i = 0; i < 60; ++i) {
    base::Random a(1, 0, i), b(1, 0, i);
    cv::Mat first = original.clone(), second = original.clone();
    apply_camera(first, a);
    apply_camera(second, b);
    ASSERT_EQ(first.size(), original.size());
    ASSERT_EQ(first.type(), CV_8UC3);
    EXPECT_EQ(cv::norm(first, second, cv::NORM_INF), 0) << i;
  }
}

TEST(Camera, NoiseAndExposureVaryButStayMild) {
  double least = 1e9, most = 0, brightness = 0;
  constexpr std::uint32_t n = 150;
  for (std::uint32_t i = 0; i < n; ++i) {
    base::Random random(2, 0, i);
    cv::Mat image(100, 100, CV_8UC3, cv::Scalar::all(120));
    apply_camera(image, random);
    cv::Scalar mean, deviation;
    cv::meanStdDev(image, mean, deviation);
    least = std::min(least, deviation[1]);
    most = std::max(most, deviation[1]);
    brightness += mean[1] / n;
  }
  EXPECT_LT(least, 0.2);
  EXPECT_GT(most, 4);
  EXPECT_LT(most, 20);
  EXPECT_NEAR(brightness, 125, 15);
}

TEST(Camera, BlurIsJudgedByTheSizeOfTheFace) {
  EXPECT_EQ(blur_level({0, 0}, 100), 0);
  EXPECT_EQ(blur_level({3, 0}, 100), 1);
  EXPECT_EQ(blur_level({3, 0}, 30), 2);
  EXPECT_EQ(blur_level({0, 0}, 12), 2);  // too small to be sharp
}

}  // namespace
}  // namespace faceshot::synth
