#include "augment/operations/weather.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

/// The share of contrast between black and white that is left, pixel by pixel.
template <class Operation>
cv::Mat contrast(Operation operation) {
  cv::Mat black = cv::Mat::zeros(240, 320, CV_8UC3);
  cv::Mat white(240, 320, CV_8UC3, cv::Scalar::all(255));
  operation(black);
  operation(white);
  cv::Mat left;
  cv::extractChannel(white - black, left, 1);
  return left;
}

TEST(Fog, TakesItsShareOfTheContrast) {
  for (const float density : {0.2F, 0.5F, 0.9F}) {
    const cv::Mat left = contrast([&](cv::Mat& image) {
      base::Random random(3);
      fog(image, density, random);
    });
    EXPECT_NEAR(cv::mean(left)[0] / 255, 1 - static_cast<double>(density), 0.03);
    cv::Scalar mean, deviation;
    cv::meanStdDev(left, mean, deviation);
    EXPECT_GT(deviation[0], 4);  // clouds
    cv::Mat step;                // but no edges
    cv::absdiff(left.colRange(1, 320), left.colRange(0, 319), step);
    EXPECT_LT(cv::norm(step, cv::NORM_INF), 12);
  }
}

TEST(Fog, FullDensityHidesEverything) {
  cv::Mat image = test_picture();
  base::Random random(4);
  fog(image, 1, random);
  EXPECT_EQ(difference(image, cv::Mat(image.size(), CV_8UC3, cv::Scalar(226, 222, 218))), 0);
}

TEST(Rain, MoreOfItChangesMore) {
  double previous = 0;
  for (const float amount : {0.1F, 0.4F, 1.0F}) {
    const cv::Mat left = contrast([&](cv::Mat& image) {
      base::Random random(5);
      rain(image, {.amount = amount, .slant = 10}, random);
    });
    const double lost = 1 - cv::mean(left)[0] / 255;
    EXPECT_GT(lost, previous);
    EXPECT_LT(lost, 0.4);  // faces can still be seen
    previous = lost;
  }
}

TEST(Rain, StreaksHaveTheGivenSlant) {
  for (const float slant : {-40.0F, 0.0F, 25.0F}) {
    cv::Mat image = cv::Mat::zeros(400, 400, CV_8UC3);
    base::Random random(6);
    rain(image, {.amount = 0.2F, .slant = slant, .length = 40}, random);
    cv::Mat gray, dx, dy;
    cv::extractChannel(image, gray, 1);
    cv::Sobel(gray, dx, CV_32F, 1, 0);
    cv::Sobel(gray, dy, CV_32F, 0, 1);
    // Gradients are perpendicular to the streaks: the main axis of their structure tensor.
    const double axis = 0.5 * std::atan2(2 * dx.dot(dy), dx.dot(dx) - dy.dot(dy));
    EXPECT_NEAR(-axis * 180 / std::numbers::pi, static_cast<double>(slant), 3);
  }
}

TEST(Weather, NothingAskedChangesNothing) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  base::Random random(1);
  fog(image, 0, random);
  rain(image, {.amount = 0}, random);
  EXPECT_EQ(difference(image, before), 0);
}

TEST(Weather, TheSameStreamGivesTheSamePixels) {
  const auto run = [](std::uint64_t seed) {
    cv::Mat image = test_picture();
    base::Random random(seed);
    fog(image, 0.4F, random);
    rain(image, {.amount = 0.5F}, random);
    return image;
  };
  EXPECT_EQ(difference(run(1), run(1)), 0);
  EXPECT_GT(difference(run(1), run(2)), 10);
}

TEST(Weather, KeepsToItsPart) {
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(2);
    fog(image, 0.5F, random);
  });
  expect_keeps_to_its_part([](cv::Mat& image) {
    base::Random random(2);
    rain(image, {.amount = 1, .slant = 20}, random);
  });
}

}  // namespace
}  // namespace faceshot::augment
