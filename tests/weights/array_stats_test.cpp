#include "weights/array_stats.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace faceshot::weights {
namespace {

TEST(ArrayStats, OfKnownNumbers) {
  // The textbook example of a population with mean 5 and standard deviation 2.
  const ArrayStats stats = array_stats({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(stats.min, 2);
  EXPECT_EQ(stats.max, 9);
  EXPECT_EQ(stats.mean, 5);
  EXPECT_EQ(stats.std, 2);
  EXPECT_EQ(stats.not_finite, 0U);
}

TEST(ArrayStats, LeavesOutWhatIsNoNumber) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const ArrayStats stats = array_stats({nan, -3, infinity, -1});
  EXPECT_EQ(stats.min, -3);
  EXPECT_EQ(stats.max, -1);
  EXPECT_EQ(stats.mean, -2);
  EXPECT_EQ(stats.std, 1);
  EXPECT_EQ(stats.not_finite, 2U);
  EXPECT_EQ(array_stats({}).max, 0);
}

TEST(ArrayStats, SmallSpreadFarFromZero) {
  EXPECT_NEAR(array_stats({1e6F, 1e6F + 0.125F}).std, 0.0625, 1e-9);
}

}  // namespace
}  // namespace faceshot::weights
