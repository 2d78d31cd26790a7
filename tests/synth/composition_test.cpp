#include "synth/composition.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "faceshot/error.hpp"

namespace faceshot::synth {
namespace {

const cv::Mat gray_photograph(300, 500, CV_8UC3, cv::Scalar::all(128));

/// A red "face" on green.
FaceSource red_face(float, base::Random&) {
  FaceSource source{cv::Mat(200, 200, CV_8UC3, cv::Scalar(0, 255, 0)), {}};
  source.face.box = {60, 40, 140, 160};
  source.face.blur = 1;
  cv::ellipse(source.image, cv::Point(100, 100), {40, 60}, 0, 0, 360, cv::Scalar(0, 0, 255),
              cv::FILLED);
  return source;
}

SyntheticScene composed(std::uint32_t index, float relight = 0.5F) {
  base::Random random(3, 0, index);
  CompositionOptions options;
  options.scene.size = {320, 240};
  options.scene.min_face = 30;
  options.relight = relight;
  return compose_scene(gray_photograph, red_face, options, random);
}

TEST(Composition, DependsOnTheStreamAlone) {
  for (std::uint32_t i = 0; i < 10; ++i) {
    const SyntheticScene a = composed(i), b = composed(i);
    EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
    EXPECT_EQ(a.annotations, b.annotations);
  }
}

TEST(Composition, BoxesAreWhereTheFacesAre) {
  int single = 0;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const SyntheticScene s = composed(i, 0);
    ASSERT_EQ(s.image.size(), cv::Size(320, 240));
    ASSERT_FALSE(s.annotations.empty());
    EXPECT_EQ(s.annotations[0].blur, 1);
    if (s.annotations.size() != 1) continue;
    ++single;
    cv::Mat planes[3];
    cv::split(s.image, planes);
    // Twice as red as green: more face than surroundings.
    const cv::Rect found = cv::boundingRect(cv::Mat(planes[2] > 2 * planes[1]));
    const Box& box = s.annotations[0].box;
    const float close = 2 + 0.03F * box.height();
    EXPECT_NEAR(box.x1, found.x, close) << i;
    EXPECT_NEAR(box.y1, found.y, close) << i;
    EXPECT_NEAR(box.x2, found.x + found.width, close) << i;
    EXPECT_NEAR(box.y2, found.y + found.height, close) << i;
  }
  EXPECT_GT(single, 8);
}

TEST(Composition, BackgroundIsCutNotStretched) {
  cv::Mat photograph(400, 1000, CV_8UC3, cv::Scalar::all(0));
  for (int y = 0; y < 400; y += 40)
    for (int x = 0; x < 1000; x += 40)
      cv::circle(photograph, {x + 20, y + 20}, 15, cv::Scalar::all(255), cv::FILLED);
  CompositionOptions options;
  options.scene.size = {200, 200};
  options.scene.min_faces = 0;
  options.scene.max_faces = 0;
  base::Random random(1);
  const SyntheticScene s = compose_scene(photograph, red_face, options, random);
  // As bright as before, and the dots repeat every 20 px along both axes.
  EXPECT_NEAR(cv::mean(s.image)[0], cv::mean(photograph)[0], 3);
  EXPECT_LT(cv::norm(s.image.colRange(0, 180), s.image.colRange(20, 200), cv::NORM_INF), 3);
  EXPECT_LT(cv::norm(s.image.rowRange(0, 180), s.image.rowRange(20, 200), cv::NORM_INF), 3);
}

TEST(Composition, NoPhotographIsRefused) {
  base::Random random(1);
  EXPECT_THROW((void)compose_scene({}, red_face, {}, random), Error);
}

}  // namespace
}  // namespace faceshot::synth
