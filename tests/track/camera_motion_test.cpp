#include "faceshot/camera_motion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "faceshot/error.hpp"
#include "track/drawn_world.hpp"

namespace faceshot::track {
namespace {

using testing::draw_world;
using testing::GrayFrame;

/// Rotated by `angle`, scaled and shifted, about the middle of a picture.
CameraMotion similarity(double angle, double scale, double x, double y, double width,
                        double height) {
  const double c = scale * std::cos(angle), s = scale * std::sin(angle);
  return {c, -s, width / 2 + x - c * width / 2 + s * height / 2,
          s, c,  height / 2 + y - s * width / 2 - c * height / 2};
}

/// The largest distance between the two motions at a corner of the picture.
double worst_corner(const CameraMotion& a, const CameraMotion& b, double width, double height) {
  double worst = 0;
  for (const double x : {0.0, width})
    for (const double y : {0.0, height})
      worst = std::max(worst, std::hypot((a.xx - b.xx) * x + (a.xy - b.xy) * y + a.tx - b.tx,
                                         (a.yx - b.yx) * x + (a.yy - b.yy) * y + a.ty - b.ty));
  return worst;
}

double worst_of(const CameraMotion& motion, int width, int height, std::uint32_t seed) {
  const GrayFrame before = draw_world(width, height, {}, seed);
  const GrayFrame now = draw_world(width, height, motion, seed);
  CameraMotionEstimator estimator;
  (void)estimator.next(before.view());
  const FrameChange change = estimator.next(now.view());
  EXPECT_FALSE(change.cut) << change.difference;
  return worst_corner(change.motion, motion, width, height);
}

TEST(CameraMotion, ThenAndInverseAreThatOfMatrices) {
  const CameraMotion a = similarity(0.3, 1.2, 5, -7, 640, 360);
  EXPECT_LT(worst_corner(a.then(a.inverse()), {}, 640, 360), 1e-9);
  const CameraMotion shift{1, 0, 10, 0, 1, 0}, twice{2, 0, 0, 0, 2, 0};
  EXPECT_EQ(shift.then(twice), (CameraMotion{2, 0, 20, 0, 2, 0}));
  EXPECT_NEAR(a.scale(), 1.2, 1e-12);
  EXPECT_TRUE(a.sane());
  EXPECT_FALSE((CameraMotion{NAN, 0, 0, 0, 1, 0}).sane());
  EXPECT_FALSE((CameraMotion{0, 0, 0, 0, 0, 0}).sane());
}

TEST(CameraMotionEstimator, FindsShiftsToAPartOfAPixelOfItsPlane) {
  base::Random random(1);
  for (std::uint32_t i = 0; i < 12; ++i) {
    const CameraMotion motion{1, 0, static_cast<double>(random.uniform(-90, 90)),
                              0, 1, static_cast<double>(random.uniform(-50, 50))};
    EXPECT_LT(worst_of(motion, 640, 360, i), 1.0) << motion.tx << ' ' << motion.ty;
  }
}

TEST(CameraMotionEstimator, FindsTurnsAndZooms) {
  base::Random random(2);
  for (std::uint32_t i = 0; i < 12; ++i) {
    const CameraMotion motion = similarity(static_cast<double>(random.uniform(-0.03F, 0.03F)),
                                           static_cast<double>(random.uniform(0.97F, 1.03F)),
                                           static_cast<double>(random.uniform(-40, 40)),
                                           static_cast<double>(random.uniform(-25, 25)), 640, 360);
    EXPECT_LT(worst_of(motion, 640, 360, 20 + i), 1.5) << i;
  }
}

TEST(CameraMotionEstimator, IsTheSameForSizesNobodyThoughtOf) {
  EXPECT_LT(worst_of({1, 0, 12, 0, 1, -7}, 333, 201, 40), 1.0);
  EXPECT_LT(worst_of({1, 0, -30, 0, 1, 22}, 1280, 720, 41), 2.0);
  EXPECT_LT(worst_of({1, 0, 3, 0, 1, 2}, 150, 400, 42), 1.0);
}

TEST(CameraMotionEstimator, AStillCameraDoesNotMoveWhateverElseDoes) {
  const GrayFrame before = draw_world(640, 360, {}, 3);
  GrayFrame now = before;
  // A third of the picture moves by 24 pixels.
  const GrayFrame moved = draw_world(640, 360, {1, 0, 24, 0, 1, 0}, 3);
  for (int y = 60; y < 300; ++y)
    for (int x = 200; x < 520; ++x)
      now.pixels[static_cast<std::size_t>(y * 640 + x)] =
          moved.pixels[static_cast<std::size_t>(y * 640 + x)];
  CameraMotionEstimator estimator;
  (void)estimator.next(before.view());
  EXPECT_EQ(estimator.next(now.view()).motion, CameraMotion{});
}

TEST(CameraMotionEstimator, IsNotTakenInByNoiseAndLight) {
  base::Random random(6);
  const CameraMotion motion{1, 0, 20, 0, 1, 8};
  const GrayFrame before = draw_world(640, 360, {}, 5);
  GrayFrame now = draw_world(640, 360, motion, 5);
  for (std::uint8_t& p : now.pixels)
    p = static_cast<std::uint8_t>(std::clamp(0.8F * p + 10 + 8 * random.normal(), 0.0F, 255.0F));
  CameraMotionEstimator estimator;
  (void)estimator.next(before.view());
  const FrameChange change = estimator.next(now.view());
  EXPECT_FALSE(change.cut);
  EXPECT_LT(worst_corner(change.motion, motion, 640, 360), 2.0);
}

TEST(CameraMotionEstimator, FindsCutsAndNothingElse) {
  CameraMotionEstimator estimator;
  for (std::uint32_t scene = 0; scene < 12; ++scene)
    for (int i = 0; i < 4; ++i) {
      const GrayFrame frame = draw_world(320, 180, {1, 0, 9.0 * i, 0, 1, 2.0 * i}, 100 + scene);
      const FrameChange change = estimator.next(frame.view());
      EXPECT_EQ(change.cut, scene > 0 && i == 0) << scene << ' ' << i << ' ' << change.difference;
      if (change.cut) {
        EXPECT_EQ(change.motion, CameraMotion{});
      }
    }
}

TEST(CameraMotionEstimator, ColourIsGrayToIt) {
  const CameraMotion motion{1, 0, 14, 0, 1, -6};
  CameraMotionEstimator gray, color, nv12;
  CameraMotion found;
  for (const CameraMotion& at : {CameraMotion{}, motion}) {
    const GrayFrame frame = draw_world(320, 180, at, 9);
    std::vector<std::uint8_t> bgr;
    for (const std::uint8_t p : frame.pixels) bgr.insert(bgr.end(), 3, p);
    const std::vector<std::uint8_t> chroma(320 * 90, 128);
    found = gray.next(frame.view()).motion;
    EXPECT_EQ(color.next({bgr.data(), 320, 180, 960, PixelFormat::bgr}).motion, found);
    EXPECT_EQ(nv12.next({frame.pixels.data(), 320, 180, 320, PixelFormat::nv12, chroma.data(), 320})
                  .motion,
              found);
  }
  EXPECT_NEAR(found.tx, 14, 0.5);
}

TEST(CameraMotionEstimator, BlankAndTinyFramesMoveNothing) {
  CameraMotionEstimator estimator;
  for (const int side : {1, 2, 7, 15, 16, 17, 33}) {
    const GrayFrame frame{side, side,
                          std::vector<std::uint8_t>(static_cast<std::size_t>(side * side), 77)};
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(estimator.next(frame.view()).motion, CameraMotion{}) << side;
  }
  EXPECT_THROW((void)estimator.next({}), Error);
}

TEST(CameraMotionEstimator, AnotherSizeIsACutAndAResetIsNone) {
  CameraMotionEstimator estimator;
  EXPECT_FALSE(estimator.next(draw_world(320, 180, {}, 1).view()).cut);
  EXPECT_TRUE(estimator.next(draw_world(160, 180, {}, 1).view()).cut);
  estimator.reset();
  EXPECT_FALSE(estimator.next(draw_world(320, 180, {}, 2).view()).cut);
  EXPECT_FALSE(estimator.next(draw_world(320, 180, {}, 2).view()).cut);
}

}  // namespace
}  // namespace faceshot::track
