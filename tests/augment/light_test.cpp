#include "augment/operations/light.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "pixel_operation.hpp"

namespace faceshot::augment {
namespace {

cv::Mat gray(int width = 200, int height = 100) {
  return {height, width, CV_8UC3, cv::Scalar::all(100)};
}

int at(const cv::Mat& image, int x, int y) { return image.at<cv::Vec3b>(y, x)[1]; }

TEST(DirectionalLight, ComesFromTheGivenSide) {
  const std::pair<float, cv::Point> sides[] = {
      {0.0F, {199, 50}}, {90.0F, {100, 0}}, {180.0F, {0, 50}}, {270.0F, {100, 99}}};
  for (const auto& [angle, bright] : sides) {
    cv::Mat image = gray();
    directional_light(image, angle, 0.6F, 1);
    EXPECT_NEAR(at(image, bright.x, bright.y), 160, 1) << angle;
    EXPECT_NEAR(at(image, 199 - bright.x, 99 - bright.y), 40, 1) << angle;
    EXPECT_NEAR(at(image, 100, 50), 100, 2) << angle;
  }
}

TEST(DirectionalLight, FollowsASineAcross) {
  cv::Mat image = gray();
  directional_light(image, 0, 0.5F, 1);
  for (int x = 0; x < 200; ++x) {
    const double place = (x + 0.5) / 100 - 1;
    EXPECT_NEAR(at(image, x, 30), 100 * (1 + 0.5 * std::sin(place * CV_PI / 2)), 0.8) << x;
  }
}

TEST(DirectionalLight, HardEdgeInTheMiddle) {
  cv::Mat image = gray();
  directional_light(image, 0, 0.5F, 0);
  EXPECT_EQ(at(image, 98, 0), 50);
  EXPECT_EQ(at(image, 101, 99), 150);
}

TEST(Shadow, HasItsPlaceItsWidthAndItsDarkness) {
  cv::Mat image = gray();
  shadow(image, {.angle = 0, .position = 0.5F, .width = 0.4F, .darkness = 0.7F});
  for (int x = 0; x < 200; ++x) {
    if (std::min(std::abs(x - 130), std::abs(x - 170)) <= 1) continue;  // the edges
    EXPECT_EQ(at(image, x, 20), x > 130 && x < 170 ? 30 : 100) << x;
  }
}

TEST(Shadow, SoftEdgesLieAroundTheEdge) {
  cv::Mat image = gray();
  shadow(image, {.angle = 90, .position = 1, .width = 2, .darkness = 0.5F, .softness = 0.4F});
  EXPECT_EQ(at(image, 0, 99), 100);
  EXPECT_EQ(at(image, 0, 65), 100);
  EXPECT_NEAR(at(image, 0, 50), 75, 2);
  EXPECT_EQ(at(image, 0, 35), 50);
}

TEST(Vignette, LeavesTheCenterAndDarkensTheCorners) {
  cv::Mat image(201, 301, CV_8UC3, cv::Scalar::all(200));
  vignette(image, 0.75F);
  EXPECT_EQ(at(image, 150, 100), 200);
  for (const cv::Point corner : {cv::Point(0, 0), {300, 0}, {0, 200}, {300, 200}}) {
    EXPECT_NEAR(at(image, corner.x, corner.y), 50, 1);
  }
  // cos^4: a loss of 3/4 in the corner means that tan^2 is 1 there, and 1/4 half way.
  EXPECT_NEAR(at(image, 75, 50), 200 / (1.25 * 1.25), 1);
  for (int x = 1; x <= 150; ++x) EXPECT_GE(at(image, x, 30), at(image, x - 1, 30));
}

TEST(Glare, IsWhiteAtTheLightAndEndsAtFourRadii) {
  cv::Mat image = gray();
  glare(image, 60.5F, 50.5F, 20, 1);
  EXPECT_GE(at(image, 60, 50), 252);
  EXPECT_NEAR(at(image, 80, 50), 100 + 155 * 0.25, 1);  // a quarter at the radius
  EXPECT_EQ(at(image, 140, 50), 100);
  for (int x = 61; x < 200; ++x) EXPECT_LE(at(image, x, 50), at(image, x - 1, 50));
  EXPECT_EQ(at(image, 60, 70), at(image, 80, 50));
}

TEST(Glare, FromOutsideReachesIn) {
  cv::Mat image = gray();
  glare(image, -10, -10, 20, 1);
  EXPECT_GT(at(image, 0, 0), 120);
  EXPECT_EQ(at(image, 199, 99), 100);
}

TEST(Light, BlackStaysBlackAndWhiteDoesNotOverflow) {
  cv::Mat black = cv::Mat::zeros(50, 50, CV_8UC3);
  directional_light(black, 30, 1, 1);
  EXPECT_EQ(cv::countNonZero(black.reshape(1)), 0);
  cv::Mat white(50, 50, CV_8UC3, cv::Scalar::all(255));
  directional_light(white, 0, 1, 1);
  EXPECT_EQ(at(white, 49, 25), 255);
  EXPECT_LE(at(white, 0, 25), 2);
  glare(white, 25, 25, 10, 1);
  EXPECT_EQ(at(white, 25, 25), 255);
}

TEST(Light, NothingAskedChangesNothing) {
  const cv::Mat before = test_picture();
  cv::Mat image = before.clone();
  directional_light(image, 30, 0, 0.5F);
  shadow(image, {.darkness = 0});
  shadow(image, {.position = 3, .width = 1, .darkness = 1});
  vignette(image, 0);
  glare(image, 10, 10, 20, 0);
  glare(image, -1000, 10, 20, 1);
  EXPECT_EQ(difference(image, before), 0);
}

TEST(Light, KeepsToItsPart) {
  expect_keeps_to_its_part([](cv::Mat& image) { directional_light(image, 33, 0.5F, 0.7F); });
  expect_keeps_to_its_part([](cv::Mat& image) {
    shadow(image, {.angle = 77, .width = 0.6F, .darkness = 0.5F, .softness = 0.1F});
  });
  expect_keeps_to_its_part([](cv::Mat& image) { vignette(image, 0.6F); });
  expect_keeps_to_its_part([](cv::Mat& image) { glare(image, 12, 20, 9, 0.9F); });
}

}  // namespace
}  // namespace faceshot::augment
