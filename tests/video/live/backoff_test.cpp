#include "video/live/sources/backoff.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

TEST(Backoff, PausesGrowToTheLimitAndStayAboveItsHalf) {
  Backoff backoff({.first = 0.1, .most = 1, .growth = 2}, 7, 0);
  const std::vector<double> whole{0.1, 0.2, 0.4, 0.8, 1, 1, 1, 1, 1, 1};
  for (const double most : whole) {
    const double pause = backoff.next();
    EXPECT_GE(pause, most / 2);
    EXPECT_LE(pause, most);
  }
  EXPECT_EQ(backoff.failures(), 10);
  for (int i = 0; i < 2000; ++i) EXPECT_LE(backoff.next(), 1);
  backoff.reset();
  EXPECT_EQ(backoff.failures(), 0);
  EXPECT_LE(backoff.next(), 0.1);
}

TEST(Backoff, StreamsDifferAndTheSameSeedRepeats) {
  Backoff one({}, 7, 0), again({}, 7, 0), other({}, 7, 1);
  int same = 0;
  for (int i = 0; i < 20; ++i) {
    const double pause = one.next();
    EXPECT_EQ(pause, again.next());
    same += pause == other.next() ? 1 : 0;
  }
  EXPECT_LT(same, 2);
}

TEST(Backoff, ImpossibleOptionsAreRefused) {
  EXPECT_THROW(Backoff({.first = 0}, 1, 0), Error);
  EXPECT_THROW(Backoff({.first = 2, .most = 1}, 1, 0), Error);
  EXPECT_THROW(Backoff({.growth = 0.5}, 1, 0), Error);
}

}  // namespace
}  // namespace faceshot::video
