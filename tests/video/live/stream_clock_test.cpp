#include "video/live/sources/stream_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace faceshot::video {
namespace {

constexpr double no_time = std::numeric_limits<double>::quiet_NaN();

TEST(StreamClock, BurstsKeepTheCamerasSteps) {
  StreamClock clock;
  // Ten frames per second, sent in bunches of five.
  double before = clock.next(100, 1000);
  for (int i = 1; i < 50; ++i) {
    const double arrival = 1000 + 0.1 * (i / 5 * 5 + 4);
    const double seconds = clock.next(100 + 0.1 * i, arrival);
    if (i > 5) {
      EXPECT_NEAR(seconds - before, 0.1, 0.002);
    }
    EXPECT_LE(seconds, arrival + 1e-9);
    EXPECT_GE(clock.lag(), 0);
    before = seconds;
  }
  EXPECT_EQ(clock.jumps(), 0);
}

TEST(StreamClock, JumpsAreOrdinarySteps) {
  for (const double jump : {86400.0, -86400.0, -0.5, 60.0}) {
    StreamClock clock;
    double before = 0;
    for (int i = 0; i < 20; ++i) {
      const double camera = 100 + 0.1 * i + (i >= 10 ? jump : 0);
      const double seconds = clock.next(camera, 1000 + 0.1 * i);
      if (i > 0) {
        EXPECT_NEAR(seconds - before, 0.1, 0.001) << jump << " at " << i;
      }
      before = seconds;
    }
    EXPECT_EQ(clock.jumps(), 1) << jump;
  }
}

TEST(StreamClock, LagIsWhatPilesUp) {
  StreamClock clock;
  (void)clock.next(0, 1000);
  // At half the speed: after 4 s of ours, 2 s of the stream's have come.
  for (int i = 1; i <= 20; ++i) (void)clock.next(0.1 * i, 1000 + 0.2 * i);
  EXPECT_NEAR(clock.lag(), 2, 0.01);
  // And caught up.
  (void)clock.next(4, 1004.01);
  EXPECT_NEAR(clock.lag(), 0.01, 0.01);
}

TEST(StreamClock, ACameraWhoseClockRunsSlowIsNotLateForEver) {
  StreamClock clock;
  double most = 0;
  for (int i = 0; i < 36000; ++i) {  // an hour, half a thousandth slow
    (void)clock.next(0.1 * i * 0.9995, 1000 + 0.1 * i);
    most = std::max(most, clock.lag());
  }
  EXPECT_LT(most, 0.01);
}

TEST(StreamClock, NeverGoesBackNorStandsStill) {
  StreamClock clock;
  const double times[] = {5, 5, 5.1, no_time, 4.9, no_time, 1e300, -1e300, 5.2, 5.3};
  double before = -1, arrival = 10;
  for (const double time : times) {
    const double seconds = clock.next(time, arrival);
    EXPECT_TRUE(std::isfinite(seconds));
    EXPECT_GT(seconds, before);
    before = seconds;
    arrival += 0.001;
  }
  clock.reconnect();
  EXPECT_GT(clock.next(0, arrival), before);
}

}  // namespace
}  // namespace faceshot::video
