#include "loader/sample_order.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::loader {
namespace {

std::map<std::uint32_t, int> counts(const std::vector<std::uint32_t>& records) {
  std::map<std::uint32_t, int> result;
  for (const auto record : records) ++result[record];
  return result;
}

TEST(SampleOrder, EveryRecordOnceARound) {
  const SampleOrder order({70, 30}, {}, 1);
  ASSERT_EQ(order.round_size(), 100U);
  for (std::uint32_t epoch = 0; epoch < 5; ++epoch) {
    const auto seen = counts(order.epoch(epoch, 100));
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_EQ(seen.rbegin()->first, 99U);
  }
}

TEST(SampleOrder, DependsOnSeedAndEpochOnly) {
  const SampleOrder a({50}, {}, 7);
  const SampleOrder b({50}, {}, 7);
  (void)b.epoch(9, 50);
  EXPECT_EQ(a.epoch(3, 50), b.epoch(3, 50));
  EXPECT_NE(a.epoch(3, 50), a.epoch(4, 50));
  EXPECT_NE(a.epoch(3, 50), SampleOrder({50}, {}, 8).epoch(3, 50));
}

TEST(SampleOrder, WeightsHoldInEveryRoundAndAllRecordsTakeTurns) {
  const SampleOrder order({10, 40}, {2.0F, 0.25F}, 2);
  ASSERT_EQ(order.round_size(), 30U);
  std::vector<std::uint32_t> four_rounds;
  for (std::uint32_t epoch = 0; epoch < 4; ++epoch) {
    const auto round = order.epoch(epoch, 30);
    int of_first = 0;
    for (const auto record : round) of_first += record < 10;
    EXPECT_EQ(of_first, 20);
    four_rounds.insert(four_rounds.end(), round.begin(), round.end());
  }
  // 4 x 0.25 = 1: by then every record of the second set has been seen exactly once.
  for (const auto& [record, times] : counts(four_rounds)) EXPECT_EQ(times, record < 10 ? 8 : 1);
  EXPECT_EQ(counts(four_rounds).size(), 50U);
}

TEST(SampleOrder, EpochsOfAnyLengthFollowOneAnotherWithoutAGap) {
  const SampleOrder order({13}, {}, 3);
  std::vector<std::uint32_t> joined;
  for (std::uint32_t epoch = 0; epoch < 13; ++epoch) {
    const auto part = order.epoch(epoch, 8);
    joined.insert(joined.end(), part.begin(), part.end());
  }
  for (const auto& [record, times] : counts(joined)) EXPECT_EQ(times, 8) << record;
  EXPECT_EQ(order.epoch(0, 104), joined);
}

TEST(SampleOrder, PositionsAreUniform) {
  // First record of 6,000 rounds of 6: each 1,000 times, within five standard deviations.
  const SampleOrder order({6}, {}, 4);
  std::map<std::uint32_t, int> first;
  for (std::uint32_t epoch = 0; epoch < 6000; ++epoch) ++first[order.epoch(epoch, 6).front()];
  ASSERT_EQ(first.size(), 6U);
  for (const auto& [record, times] : first) EXPECT_NEAR(times, 1000, 145);
}

TEST(SampleOrder, WeightZeroLeavesASetOut) {
  const SampleOrder order({5, 5}, {1, 0}, 5);
  for (const auto record : order.epoch(0, 50)) EXPECT_LT(record, 5U);
}

TEST(SampleOrder, RejectsImpossibleWeights) {
  EXPECT_THROW(SampleOrder({5}, {1, 1}, 1), Error);
  EXPECT_THROW(SampleOrder({5}, {-1}, 1), Error);
  EXPECT_THROW(SampleOrder({5}, {std::numeric_limits<float>::infinity()}, 1), Error);
  EXPECT_THROW(SampleOrder({5}, {std::numeric_limits<float>::quiet_NaN()}, 1), Error);
  EXPECT_THROW(SampleOrder({5}, {0.01F}, 1), Error);
  EXPECT_THROW(SampleOrder({5}, {0}, 1), Error);
  EXPECT_THROW(SampleOrder({0}, {}, 1), Error);
  EXPECT_THROW(SampleOrder(std::vector<std::size_t>{}, {}, 1), Error);
}

}  // namespace
}  // namespace faceshot::loader
