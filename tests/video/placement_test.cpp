#include "video/placement.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "video/libav.hpp"

namespace faceshot::video {
namespace {

/// The four rotations, and each of them mirrored.
std::vector<Placement::Turn> all_turns() {
  std::vector<Placement::Turn> turns;
  for (const int a : {-1, 1})
    for (const int b : {-1, 1}) {
      turns.push_back({a, 0, 0, b});
      turns.push_back({0, a, b, 0});
    }
  return turns;
}

TEST(Placement, EveryTurnIsItsInversesInverse) {
  for (const Placement::Turn& turn : all_turns())
    for (const double aspect : {1.0, 16.0 / 11, 0.5}) {
      const Placement p(720, 576, turn, aspect);
      for (const Placement::Point at : {Placement::Point{0, 0}, {720, 576}, {100.5, 33.25}}) {
        const Placement::Point seen = p.seen(at), back = p.stored(seen);
        EXPECT_NEAR(back.x, at.x, 1e-9);
        EXPECT_NEAR(back.y, at.y, 1e-9);
        EXPECT_GE(seen.x, 0);
        EXPECT_GE(seen.y, 0);
        EXPECT_LE(seen.x, p.width());
        EXPECT_LE(seen.y, p.height());
      }
    }
}

TEST(Placement, APhoneHeldUprightIsTurnedByAQuarter) {
  // x' = -y + height, y' = x: clockwise, as "rotate=90" says.
  const Placement p(1920, 1080, {0, -1, 1, 0}, 1);
  EXPECT_EQ(p.width(), 1080);
  EXPECT_EQ(p.height(), 1920);
  // The bottom left as stored is the top left as seen.
  const Placement::Point at = p.seen({0, 1080});
  EXPECT_DOUBLE_EQ(at.x, 0);
  EXPECT_DOUBLE_EQ(at.y, 0);
  EXPECT_EQ(p.stored(Box{0, 0, 100, 50}), (Box{0, 980, 50, 1080}));
}

TEST(Placement, PixelsThatAreNoSquaresStretchTheShorterSide) {
  const Placement wide(720, 576, {}, 64.0 / 45);
  EXPECT_EQ(wide.width(), 1024);
  EXPECT_EQ(wide.height(), 576);
  EXPECT_EQ(wide.stored(Box{512, 0, 1024, 576}), (Box{360, 0, 720, 576}));
  const Placement narrow(720, 576, {}, 0.5);
  EXPECT_EQ(narrow.width(), 720);
  EXPECT_EQ(narrow.height(), 1152);
  EXPECT_TRUE(narrow.stretched());
  const Placement turned(720, 576, {0, -1, 1, 0}, 64.0 / 45);
  EXPECT_EQ(turned.width(), 576);
  EXPECT_EQ(turned.height(), 1024);
}

TEST(Placement, AspectsThatCannotBeAreNone) {
  for (const double aspect : {0.0, -1.0, 1e9, 1e-9, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_FALSE(Placement(64, 48, {}, aspect).stretched()) << aspect;
}

}  // namespace
}  // namespace faceshot::video
