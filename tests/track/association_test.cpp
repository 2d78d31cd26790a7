#include "track/association.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "faceshot/tracker.hpp"

namespace faceshot::track {
namespace {

TEST(Association, BoxesThatAnEdgeCutsOffAreMadeWhole) {
  // 20 x 50 at the left edge of 640 x 360: a face that is 38 wide.
  const Box left = uncut({0, 100, 20, 150}, 640, 360);
  EXPECT_NEAR(left.x1, -18, 0.01);
  EXPECT_EQ(left.x2, 20);
  EXPECT_EQ(left.height(), 50);
  EXPECT_NEAR(uncut({620, 100, 640, 150}, 640, 360).x2, 658, 0.01);
  EXPECT_NEAR(uncut({100, 0, 138, 20}, 640, 360).y1, -30, 0.01);
  EXPECT_NEAR(uncut({100, 340, 138, 360}, 640, 360).y2, 390, 0.01);
}

TEST(Association, OtherBoxesStayAsTheyAre) {
  const Box boxes[] = {{50, 100, 70, 150},  // narrow, but not at an edge
                       {0, 100, 40, 150},   // at an edge, but whole
                       {0, 0, 20, 50},      // a corner: unknown
                       {0, 50, 640, 100}};  // from edge to edge
  for (const Box& box : boxes) EXPECT_EQ(uncut(box, 640, 360), box);
  EXPECT_EQ(uncut({0, 100, 20, 150}, 0, 0), (Box{0, 100, 20, 150}));
}

TEST(Association, WhatEntersThePictureIsFollowedAtItsSpeed) {
  // A face of 40 x 50 that enters from the left at 20 pixels per frame, then is not found.
  Tracker knowing({.width = 640, .height = 360}), unknowing;
  double off[2] = {};
  Tracker* const trackers[] = {&knowing, &unknowing};
  for (int i = 0; i < 2; ++i) {
    for (int f = 0; f < 3; ++f) {
      const float x2 = 12 + 10 * static_cast<float>(f);
      const Detection d{{0, 100, x2, 150}, 0.9F};
      (void)trackers[i]->update({&d, 1}, f * 0.04);
    }
    const auto faces = trackers[i]->predict(0.2);
    ASSERT_EQ(faces.size(), 1U);
    off[i] = std::abs(static_cast<double>(faces[0].box.center_x()) - (12 + 50 - 20));
  }
  EXPECT_LT(off[0], off[1]);
  EXPECT_LT(off[0], 8);
}

TEST(Association, ATrailKnowsItsWay) {
  Trail trail;
  trail.add({0, 0, 40, 40}, 0);
  EXPECT_EQ(trail.straightness({50, 0, 90, 40}), 0);  // one box has no direction
  trail.add({20, 0, 60, 40}, 0.1);
  trail.add({40, 0, 80, 40}, 0.2);
  EXPECT_NEAR(trail.straightness({60, 0, 100, 40}), 1, 1e-6);
  EXPECT_NEAR(trail.straightness({-60, 0, -20, 40}), -1, 1e-6);
  // After a camera motion it is the same path.
  trail.move({0, -1, 0, 1, 0, 0});
  EXPECT_EQ(trail.last(), (Box{-40, 40, 0, 80}));
  EXPECT_NEAR(trail.straightness({-40, 60, 0, 100}), 1, 1e-6);
}

TEST(Association, WhoHardlyMovesHasNoWay) {
  Trail trail;
  trail.add({0, 0, 40, 40}, 0);
  trail.add({0.5F, 0, 40.5F, 40}, 0.2);
  EXPECT_LT(trail.straightness({1, 0, 41, 40}), 0.1);
}

TEST(Association, GrownBoxesMeetSooner) {
  const Box a{0, 0, 40, 40}, b{50, 0, 90, 40};
  EXPECT_EQ(buffered_iou(a, b, 0), 0);
  EXPECT_GT(buffered_iou(a, b, 0.3F), 0);
  EXPECT_EQ(grown(a, 0.5F), (Box{-20, -20, 60, 60}));
}

}  // namespace
}  // namespace faceshot::track
