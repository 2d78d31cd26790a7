#include "synth/background_painter.hpp"

#include <gtest/gtest.h>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

TEST(BackgroundPainter, DependsOnTheStreamAlone) {
  for (std::uint32_t i = 0; i < 30; ++i) {
    base::Random a(4, 0, i), b(4, 0, i), other(5, 0, i);
    const cv::Mat first = paint_background({160, 120}, a);
    EXPECT_EQ(cv::norm(first, paint_background({160, 120}, b), cv::NORM_INF), 0) << i;
    EXPECT_GT(cv::norm(first, paint_background({160, 120}, other), cv::NORM_INF), 0) << i;
  }
}

TEST(BackgroundPainter, AnySize) {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(1, 300), cv::Size(300, 2), cv::Size(97, 31)})
    for (std::uint32_t i = 0; i < 20; ++i) {
      base::Random random(6, 0, i);
      EXPECT_EQ(paint_background(size, random).size(), size);
    }
  base::Random random(1);
  EXPECT_THROW((void)paint_background({0, 5}, random), Error);
  EXPECT_THROW((void)paint_background({20000, 5}, random), Error);
}

TEST(BackgroundPainter, LookalikesStayNearTheirPlace) {
  for (std::uint32_t i = 0; i < 40; ++i) {
    base::Random random(7, 0, i);
    cv::Mat image(200, 200, CV_8UC3, cv::Scalar(1, 2, 3));
    paint_lookalike(image, {100, 100}, 30, random);
    cv::Mat rest = image.clone();
    rest(cv::Rect(45, 45, 110, 110)).setTo(cv::Scalar(1, 2, 3));
    EXPECT_EQ(cv::norm(rest, cv::Mat(200, 200, CV_8UC3, cv::Scalar(1, 2, 3)), cv::NORM_INF), 0)
        << i;
    EXPECT_GT(cv::norm(image, rest, cv::NORM_INF), 0) << i;
  }
}

}  // namespace
}  // namespace faceshot::synth
