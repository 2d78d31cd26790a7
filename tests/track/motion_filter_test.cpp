#include "track/motion_filter.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace faceshot::track {
namespace {

void expect_near(const Box& a, const Box& b, float tolerance) {
  EXPECT_NEAR(a.x1, b.x1, tolerance);
  EXPECT_NEAR(a.y1, b.y1, tolerance);
  EXPECT_NEAR(a.x2, b.x2, tolerance);
  EXPECT_NEAR(a.y2, b.y2, tolerance);
}

TEST(MotionFilter, StartsWhereTheBoxIs) {
  const Box box{10, 20, 40, 60};
  expect_near(MotionFilter(box, {}).box(), box, 1e-4F);
}

/// This makes it independent of the spacing of frames.
TEST(MotionFilter, ManyShortStepsAreOneLongStep) {
  MotionFilter a({0, 0, 40, 50}, {});
  a.advance(0.04);
  a.correct({8, 2, 49, 53});
  MotionFilter b = a;
  a.advance(0.7);
  for (int i = 0; i < 700; ++i) b.advance(0.001);
  expect_near(a.box(), b.box(), 0.02F);
  EXPECT_NEAR(a.edge_deviation(), b.edge_deviation(), 0.01 * a.edge_deviation());
}

TEST(MotionFilter, LearnsASpeed) {
  MotionFilter filter({0, 0, 40, 50}, {});
  const auto at = [](float t) { return Box{100 * t, 40 * t, 100 * t + 40, 40 * t + 50}; };
  for (int i = 1; i <= 25; ++i) {
    filter.advance(0.04);
    filter.correct(at(static_cast<float>(i) * 0.04F));
  }
  filter.advance(0.04);
  expect_near(filter.box(), at(1.04F), 1.0F);
}

TEST(MotionFilter, GrowsUnsureUntilItSeesAgain) {
  MotionFilter filter({0, 0, 40, 40}, {});
  double before = filter.edge_deviation();
  for (int i = 0; i < 10; ++i) {
    filter.advance(0.1);
    EXPECT_GT(filter.edge_deviation(), before);
    before = filter.edge_deviation();
  }
  filter.correct({0, 0, 40, 40});
  EXPECT_LT(filter.edge_deviation(), 4);
}

TEST(MotionFilter, DoubtfulBoxesCountLess) {
  MotionFilter sure({0, 0, 40, 40}, {}), unsure = sure;
  sure.correct({10, 0, 50, 40}, 1);
  unsure.correct({10, 0, 50, 40}, 3);
  EXPECT_GT(sure.box().x1, unsure.box().x1);
  EXPECT_GT(unsure.box().x1, 0);
}

TEST(MotionFilter, MovesWithTheCamera) {
  // A quarter turn, doubled in size, and shifted.
  const CameraMotion motion{0, -2, 100, 2, 0, 7};
  MotionFilter filter({10, 20, 30, 40}, {});
  const double deviation = filter.edge_deviation();
  filter.move(motion);
  expect_near(filter.box(), {20, 27, 60, 67}, 1e-3F);
  expect_near(moved({10, 20, 30, 40}, motion), {20, 27, 60, 67}, 1e-3F);
  EXPECT_NEAR(filter.edge_deviation(), 2 * deviation, 1e-6);
}

TEST(MotionFilter, MergedIsSurerThanEither) {
  MotionFilter a({0, 0, 40, 40}, {}), b({20, 0, 60, 40}, {});
  b.advance(0.5);  // less certain
  const MotionFilter both = MotionFilter::merged(a, b);
  EXPECT_LT(both.edge_deviation(), a.edge_deviation());
  EXPECT_GT(both.box().x1, 0);
  EXPECT_LT(both.box().x1, 10);  // closer to the more certain one
}

TEST(MotionFilter, StaysFiniteWhateverComes) {
  base::Random random(3);
  for (int i = 0; i < 300; ++i) {
    MotionFilter filter({-1e6F, 0, 1e6F, 1e-6F}, {});
    for (int k = 0; k < 30; ++k) {
      filter.advance(static_cast<double>(std::exp(random.uniform(-30, 30))));
      const float x = random.uniform(-1e6F, 1e6F), y = random.uniform(-1e6F, 1e6F);
      filter.correct(
          {x, y, x + std::exp(random.uniform(-5, 14)), y + std::exp(random.uniform(-5, 14))});
      filter.move({4, 0, 1e6, 0, 4, -1e6});
      ASSERT_TRUE(finite(filter.box()));
      ASSERT_TRUE(std::isfinite(filter.edge_deviation()));
    }
  }
}

}  // namespace
}  // namespace faceshot::track
