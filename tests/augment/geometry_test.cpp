#include "augment/pixels/geometry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace faceshot::augment {
namespace {

using geometry::Annotation;

Annotation face(Box box) {
  Annotation annotation;
  annotation.box = box;
  return annotation;
}

/// Shows [100, 300) x [50, 250) in 100 px: two old pixels per new one.
const PixelMap halved(0.5, 0, -50, 0, 0.5, -25, 0, 0, 1);
const PixelMap mirrored = PixelMap(-1, 0, 100, 0, 1, 0, 0, 0, 1) * halved;

std::vector<Annotation> settled(const Annotation& annotation, const FaceRule& rule = {},
                                float visible = 1) {
  std::vector<TrackedFace> faces{map_face({annotation, visible}, halved, rule.turned)};
  settle_faces(faces, 100, 100, rule);
  std::vector<Annotation> result;
  for (const auto& f : faces) result.push_back(f.annotation);
  return result;
}

TEST(Geometry, BoxesAreMovedAndScaled) {
  for (const auto rule : {TurnedBox::ellipse, TurnedBox::rectangle}) {
    EXPECT_EQ(map_box({100, 50, 300, 250}, halved, rule), (Box{0, 0, 100, 100}));
    EXPECT_EQ(map_box({120, 90, 160, 150}, halved, rule), (Box{10, 20, 30, 50}));
    EXPECT_EQ(map_box({120, 90, 160, 150}, mirrored, rule), (Box{70, 20, 90, 50}));
  }
}

TEST(Geometry, TurnedBoxesHaveTheirClosedForms) {
  for (const double degrees : {0.0, 10.0, 37.5, 90.0, 171.0}) {
    const double angle = degrees * std::numbers::pi / 180;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const PixelMap turn(c, -s, 0, s, c, 0, 0, 0, 1);
    const Box box{-30, -50, 30, 50};
    const Box corners = map_box(box, turn, TurnedBox::rectangle);
    EXPECT_NEAR(corners.width(), 60 * std::abs(c) + 100 * std::abs(s), 1e-3);
    EXPECT_NEAR(corners.height(), 60 * std::abs(s) + 100 * std::abs(c), 1e-3);
    const Box ellipse = map_box(box, turn, TurnedBox::ellipse);
    EXPECT_NEAR(ellipse.width(), std::hypot(60 * c, 100 * s), 1e-3);
    EXPECT_NEAR(ellipse.height(), std::hypot(60 * s, 100 * c), 1e-3);
    EXPECT_NEAR(ellipse.center_x(), 0, 1e-3);
  }
}

TEST(Geometry, EllipsesUnderPerspectiveAreWhereTheirPointsGo) {
  const PixelMap map(1.1, 0.2, 5, -0.1, 0.9, 12, 0.0008, -0.0005, 1);
  const Box box{40, 60, 140, 200};
  const Box mapped = map_box(box, map, TurnedBox::ellipse);
  double x1 = 1e9, y1 = 1e9, x2 = -1e9, y2 = -1e9;
  for (int i = 0; i < 36000; ++i) {
    const double t = i * std::numbers::pi / 18000;
    const cv::Vec3d p = map * cv::Vec3d(90 + 50 * std::cos(t), 130 + 70 * std::sin(t), 1);
    x1 = std::min(x1, p[0] / p[2]);
    x2 = std::max(x2, p[0] / p[2]);
    y1 = std::min(y1, p[1] / p[2]);
    y2 = std::max(y2, p[1] / p[2]);
  }
  EXPECT_NEAR(mapped.x1, x1, 1e-3);
  EXPECT_NEAR(mapped.x2, x2, 1e-3);
  EXPECT_NEAR(mapped.y1, y1, 1e-3);
  EXPECT_NEAR(mapped.y2, y2, 1e-3);
}

TEST(Geometry, MirroredLandmarksKeepTheViewersLeftAndRight) {
  const Landmarks points{120, 90, 160, 92, 140, 110, 124, 130, 156, 132};
  EXPECT_EQ(map_landmarks(points, halved), (Landmarks{10, 20, 30, 21, 20, 30, 12, 40, 28, 41}));
  EXPECT_EQ(map_landmarks(points, mirrored), (Landmarks{70, 21, 90, 20, 80, 30, 72, 41, 88, 40}));
  // Turned upside down, a left eye is still a left eye.
  const PixelMap half_turn(-1, 0, 300, 0, -1, 300, 0, 0, 1);
  EXPECT_EQ(map_landmarks(points, half_turn),
            (Landmarks{180, 210, 140, 208, 160, 190, 176, 170, 144, 168}));
}

TEST(Geometry, FlipTwiceIsIdentity) {
  const PixelMap flip(-1, 0, 100, 0, 1, 0, 0, 0, 1);
  Annotation source = face({12, 34, 56, 78});
  source.landmarks = Landmarks{20, 40, 50, 41, 35, 55, 22, 70, 48, 71};
  const auto rule = TurnedBox::ellipse;
  const TrackedFace twice = map_face(map_face({source, 1}, flip, rule), flip, rule);
  EXPECT_EQ(twice.annotation, source);
}

TEST(Geometry, WholeFacesStayAndKeepTheirAttributes) {
  Annotation source = face({120, 90, 160, 150});
  source.blur = 2;
  source.pose = 1;
  source.occlusion = 0;
  source.landmarks = Landmarks{120, 90, 160, 92, 140, 110, 124, 130, 156, 132};
  Annotation expected = source;
  expected.box = {10, 20, 30, 50};
  expected.landmarks = Landmarks{10, 20, 30, 21, 20, 30, 12, 40, 28, 41};
  EXPECT_EQ(settled(source), std::vector{expected});
}

TEST(Geometry, IgnoreRules) {
  // 45 % is left, which would be enough here, but the centre is outside.
  const Annotation left_half = face({56, 90, 136, 150});
  auto result = settled(left_half, {.min_visible = 0.2F});
  ASSERT_EQ(result.size(), 1U);
  EXPECT_TRUE(result[0].ignore);
  EXPECT_EQ(result[0].box, (Box{0, 20, 18, 50}));

  // A corner: the centre is inside (60 % of each side is left), but only 36 % of the area.
  result = settled(face({92, 42, 112, 62}));
  ASSERT_EQ(result.size(), 1U);
  EXPECT_TRUE(result[0].ignore);

  // Just over half is left; not enough if an earlier crop has already taken some.
  EXPECT_FALSE(settled(face({82, 90, 122, 130})).at(0).ignore);
  EXPECT_TRUE(settled(face({82, 90, 122, 130}), {}, 0.8F).at(0).ignore);

  // `ignore` is never cleared.
  Annotation crowd = face({120, 90, 160, 150});
  crowd.ignore = true;
  EXPECT_TRUE(settled(crowd).at(0).ignore);
}

TEST(Geometry, IgnoreRegionsKeepAllTheyHeld) {
  const PixelMap turn(0.8, -0.6, 100, 0.6, 0.8, 0, 0, 0, 1);
  Annotation crowd = face({0, 0, 100, 100});
  crowd.ignore = true;
  const auto mapped = map_face({crowd, 1}, turn, TurnedBox::ellipse);
  EXPECT_EQ(mapped.annotation.box, map_box(crowd.box, turn, TurnedBox::rectangle));
}

TEST(Geometry, WhatIsNotToBeSeenIsDropped) {
  EXPECT_TRUE(settled(face({10, 60, 90, 120})).empty());       // outside the frame
  EXPECT_TRUE(settled(face({60, 60, 101.9F, 120})).empty());   // 0.95 px left
  EXPECT_EQ(settled(face({60, 60, 102.1F, 120})).size(), 1U);  // 1.05 px left
  EXPECT_TRUE(settled(face({150, 100, 151, 101})).empty());    // half a pixel
  EXPECT_TRUE(settled(face({150, 100, 150, 130})).empty());    // nothing
}

}  // namespace
}  // namespace faceshot::augment
