#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace faceshot::base {
namespace {

using Words4 = std::array<std::uint32_t, 4>;

/// Pearson's statistic of counts that should all be equal.
double chi_square(const std::vector<int>& counts) {
  double total = 0;
  for (const int count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size());
  double statistic = 0;
  for (const int count : counts) statistic += (count - expected) * (count - expected) / expected;
  return statistic;
}

/// Five standard deviations above the mean of the chi-square distribution (normal approximation).
double chi_square_limit(std::size_t cells) {
  const double freedom = static_cast<double>(cells) - 1;
  return freedom + 5 * std::sqrt(2 * freedom);
}

TEST(Random, PhiloxHasTheAuthorsKnownAnswers) {
  // philox4x32, 10 rounds, in kat_vectors of Random123 1.14.
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamIsPhiloxOverACounter) {
  Random random(0x0123456789abcdefU, 7, 8, 9);
  for (std::uint32_t block = 0; block < 3; ++block)
    for (const std::uint32_t word : philox4x32({block, 7, 8, 9}, {0x89abcdef, 0x01234567}))
      EXPECT_EQ(random.bits(), word);
}

TEST(Random, SameKeySameSequence) {
  Random a(42, 3, 5, 1);
  Random b(42, 3, 5, 1);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(a.bits(), b.bits());
}

TEST(Random, CopiesContinueAlike) {
  Random a(42);
  (void)a.normal();
  Random b = a;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(a.normal(), b.normal());
}

TEST(Random, EveryPartOfTheKeyMakesAnotherStream) {
  const std::uint64_t high = std::uint64_t{1} << 32;
  std::set<std::uint32_t> firsts;
  for (Random random : {Random(1), Random(2), Random(1 + high), Random(1, 1), Random(1, 0, 1),
                        Random(1, 0, 0, 1), Random(1, 1, 1), Random(1, 1, 1, 1)})
    firsts.insert(random.bits());
  EXPECT_EQ(firsts.size(), 8U);
}

TEST(Random, NeighbouringStreamsAreUncorrelated) {
  // Pairs of uniforms from neighbouring samples, counted over a 10 x 10 grid.
  std::vector<int> cells(100);
  for (std::uint32_t index = 0; index < 2000; ++index) {
    Random a(1, 0, index);
    Random b(1, 0, index + 1);
    for (int i = 0; i < 10; ++i) {
      const auto x = static_cast<std::size_t>(a.uniform() * 10);
      const auto y = static_cast<std::size_t>(b.uniform() * 10);
      ++cells[10 * x + y];
    }
  }
  EXPECT_LT(chi_square(cells), chi_square_limit(cells.size()));
}

TEST(Random, UniformFillsItsRangeEvenly) {
  Random random(5);
  std::vector<int> cells(64);
  double sum = 0;
  double squares = 0;
  constexpr int draws = 200000;
  for (int i = 0; i < draws; ++i) {
    const float u = random.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    ++cells[static_cast<std::size_t>(u * 64)];
    sum += u;
    squares += u * u;
  }
  EXPECT_LT(chi_square(cells), chi_square_limit(cells.size()));
  EXPECT_NEAR(sum / draws, 0.5, 5 * std::sqrt(1.0 / 12 / draws));
  EXPECT_NEAR(squares / draws, 1.0 / 3, 0.005);
}

TEST(Random, UniformOfARangeStaysBelowItsEnd) {
  Random random(6);
  for (int i = 0; i < 100000; ++i) {
    const float wide = random.uniform(-3, 5);
    ASSERT_GE(wide, -3);
    ASSERT_LT(wide, 5);
    // So narrow that low + (high - low) * u rounds up to high half of the time.
    const float high = std::nextafter(1.0F, 2.0F);
    ASSERT_EQ(random.uniform(1, high), 1);
  }
  EXPECT_EQ(random.uniform(2, 2), 2);
}

TEST(Random, BelowIsUnbiased) {
  Random random(7);
  EXPECT_EQ(random.below(1), 0U);
  for (const std::uint32_t n : {2U, 3U, 10U, 97U}) {
    std::vector<int> cells(n);
    for (int i = 0; i < 100000; ++i) {
      const std::uint32_t value = random.below(n);
      ASSERT_LT(value, n);
      ++cells[value];
    }
    EXPECT_LT(chi_square(cells), chi_square_limit(n)) << n;
  }
}

TEST(Random, BelowIsUnbiasedWhereShortcutsAreNot) {
  // For n = 3/4 of 2^32, bits() % n hits the lowest third twice as often as the others, and
  // bits() * n >> 32 the multiples of three.
  Random random(8);
  constexpr std::uint32_t n = 3U << 30;
  std::vector<int> thirds(3);
  std::vector<int> remainders(3);
  for (int i = 0; i < 60000; ++i) {
    const std::uint32_t value = random.below(n);
    ++thirds[value >> 30];
    ++remainders[value % 3];
  }
  EXPECT_LT(chi_square(thirds), chi_square_limit(3));
  EXPECT_LT(chi_square(remainders), chi_square_limit(3));
}

TEST(Random, ChanceHasItsProbability) {
  Random random(9);
  int hits = 0;
  for (int i = 0; i < 100000; ++i) {
    ASSERT_FALSE(random.chance(0));
    ASSERT_TRUE(random.chance(1));
    hits += random.chance(0.3F);
  }
  EXPECT_NEAR(hits, 30000, 5 * std::sqrt(100000 * 0.3 * 0.7));
}

TEST(Random, NormalHasTheNormalDistribution) {
  Random random(10);
  constexpr int draws = 100000;
  std::vector<double> values;
  for (int i = 0; i < draws; ++i) values.push_back(random.normal());
  std::sort(values.begin(), values.end());
  // Kolmogorov-Smirnov against the distribution function; 1.95 / sqrt(n) is the 0.1 % level.
  double largest = 0;
  for (int i = 0; i < draws; ++i) {
    const double expected = 0.5 * std::erfc(-values[static_cast<std::size_t>(i)] / std::sqrt(2.0));
    largest = std::max(largest, std::abs((i + 0.5) / draws - expected));
  }
  EXPECT_LT(largest, 1.95 / std::sqrt(draws));
}

}  // namespace
}  // namespace faceshot::base
