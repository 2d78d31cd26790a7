// Input that no detector and no film should give a tracker, and some do.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "faceshot/tracker.hpp"

namespace faceshot::track {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

TEST(TrackerHostile, BoxesThatAreNoneAreIgnored) {
  Tracker tracker;
  const std::vector<Detection> bad{
      {{nan, 0, 10, 10}, 0.9F}, {{0, 0, infinite, 10}, 0.9F}, {{-infinite, 0, 10, 10}, 0.9F},
      {{10, 10, 10, 20}, 0.9F}, {{10, 10, 0, 20}, 0.9F},      {{0, 0, 2e6F, 10}, 0.9F},
      {{0, 0, 10, 10}, nan},    {{0, 0, 10, 10}, -1},         {{0, 0, 10, 10}, 0.05F}};
  EXPECT_TRUE(tracker.update(bad, 0).empty());
  const std::vector<Detection> one_good{bad[0], {{0, 0, 10, 10}, 0.9F}};
  const auto faces = tracker.update(one_good, 0.04);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].detection, std::size_t{1});
}

TEST(TrackerHostile, FaultyTimesEndNoTrack) {
  Tracker tracker;
  const Detection d{{10, 10, 50, 50}, 0.9F};
  const double never = std::numeric_limits<double>::quiet_NaN();
  for (const double t : {5.0, 5.04, 4.0, never, -1e300, 5.04, 5.08}) {
    const auto faces = tracker.update({&d, 1}, t);
    ASSERT_EQ(faces.size(), 1U) << t;
    EXPECT_EQ(faces[0].id, 1);
    EXPECT_TRUE(std::isfinite(faces[0].uncertainty));
  }
  // A leap of years: a face that stands still keeps its id.
  EXPECT_EQ(tracker.update({&d, 1}, 1e9).front().id, 1);
  EXPECT_EQ(tracker.update({&d, 1}, std::numeric_limits<double>::infinity()).front().id, 1);
}

TEST(TrackerHostile, InsaneCameraMotionIsNone) {
  Tracker tracker;
  const Detection d{{10, 10, 50, 50}, 0.9F};
  const double never = std::numeric_limits<double>::quiet_NaN();
  for (const CameraMotion& motion :
       {CameraMotion{}, CameraMotion{never, 0, 0, 0, 1, 0}, CameraMotion{0, 0, 0, 0, 0, 0},
        CameraMotion{1, 0, 1e9, 0, 1, 0}, CameraMotion{1e5, 0, 0, 0, 1e5, 0}}) {
    const auto faces = tracker.update({&d, 1}, 0, motion);
    ASSERT_EQ(faces.size(), 1U);
    EXPECT_EQ(faces[0].id, 1);
  }
}

TEST(TrackerHostile, ThousandsOfBoxesAreTheBestOfThem) {
  base::Random random(2);
  std::vector<Detection> many;
  for (int i = 0; i < 5000; ++i) {
    const float x = random.uniform(0, 4000), y = random.uniform(0, 4000);
    many.push_back({{x, y, x + 20, y + 20}, random.uniform(0.5F, 1)});
  }
  Tracker tracker({.most_tracks = 300});
  for (int i = 0; i < 5; ++i) {
    const auto faces = tracker.update(many, i * 0.04);
    ASSERT_EQ(faces.size(), 300U);
    for (const TrackedFace& f : faces) EXPECT_GT(f.score, 0.9F);
  }
}

TEST(TrackerHostile, AThousandBoxesOnOnePlaceTakeNoForever) {
  const std::vector<Detection> heap(1000, {{10, 10, 50, 50}, 0.9F});
  Tracker tracker({.most_tracks = 400});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(tracker.update(heap, i * 0.04).size(), 400U);
}

TEST(TrackerHostile, AnythingGoes) {
  base::Random random(9);
  Tracker tracker;
  double t = 0;
  for (int i = 0; i < 3000; ++i) {
    std::vector<Detection> seen(random.below(12));
    for (Detection& d : seen) {
      const auto coordinate = [&] {
        const std::uint32_t kind = random.below(40);
        return kind == 0   ? nan
               : kind == 1 ? infinite
               : kind == 2 ? -1e30F
                           : random.uniform(-50, 700);
      };
      d = {{coordinate(), coordinate(), coordinate(), coordinate()},
           random.uniform(-0.2F, 1.2F),
           static_cast<int>(random.below(2))};
    }
    t += random.chance(0.05F) ? -1000 : static_cast<double>(random.uniform(0, 0.3F));
    const CameraMotion motion{1, 0, static_cast<double>(random.uniform(-1e3F, 1e3F)), 0, 1, 0};
    for (const TrackedFace& f :
         random.chance(0.5F) ? tracker.update(seen, t, motion) : tracker.predict(t, motion)) {
      ASSERT_TRUE(finite(f.box));
      ASSERT_TRUE(f.box.valid());
      ASSERT_TRUE(std::isfinite(f.uncertainty) && f.uncertainty >= 0);
      ASSERT_GE(f.unseen, 0);
    }
    if (random.chance(0.01F)) tracker.reset();
  }
}

}  // namespace
}  // namespace faceshot::track
