#include "track/assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "geometry/arbitrary.hpp"

namespace faceshot::track {
namespace {

/// All ways to pair rows with columns, or not to.
double best_by_trying(const std::vector<double>& worth, std::size_t rows, std::size_t columns,
                      std::size_t row = 0, unsigned taken = 0) {
  if (row == rows) return 0;
  double best = best_by_trying(worth, rows, columns, row + 1, taken);
  for (std::size_t c = 0; c < columns; ++c)
    if ((taken >> c & 1U) == 0 && worth[row * columns + c] > 0)
      best = std::max(best, worth[row * columns + c] +
                                best_by_trying(worth, rows, columns, row + 1, taken | 1U << c));
  return best;
}

double sum_of(std::span<const Pair> pairs, const std::vector<double>& worth, std::size_t columns) {
  double sum = 0;
  for (const Pair& pair : pairs) sum += worth[pair.row * columns + pair.column];
  return sum;
}

RC_GTEST_PROP(Assignment, IsTheBestOfAllThatThereAre, ()) {
  static Assigner assigner;  // shared by all cases: what it keeps must not matter
  const auto rows = static_cast<std::size_t>(*rc::gen::inRange(0, 7));
  const auto columns = static_cast<std::size_t>(*rc::gen::inRange(0, 7));
  // Many ties and zeros, or few.
  const int steps = *rc::gen::element(4, 1000);
  const auto worth = *rc::gen::container<std::vector<double>>(
      rows * columns, rc::gen::map(rc::gen::inRange(-steps / 2, steps + 1),
                                   [steps](int n) { return static_cast<double>(n) / steps; }));
  const auto pairs = assigner.solve(worth, rows, columns);
  std::set<std::size_t> used_rows, used_columns;
  for (const Pair& pair : pairs) {
    RC_ASSERT(used_rows.insert(pair.row).second);
    RC_ASSERT(used_columns.insert(pair.column).second);
    RC_ASSERT(worth[pair.row * columns + pair.column] > 0);
  }
  RC_ASSERT(std::is_sorted(pairs.begin(), pairs.end(),
                           [](const Pair& a, const Pair& b) { return a.row < b.row; }));
  RC_ASSERT(std::abs(sum_of(pairs, worth, columns) - best_by_trying(worth, rows, columns)) < 1e-9);
}

TEST(Assignment, TakesTheBetterSumNotTheBestPair) {
  Assigner assigner;
  const std::vector<double> worth{0.9, 0.8, 0.8, 0.1};
  const auto pairs = assigner.solve(worth, 2, 2);
  EXPECT_EQ(std::vector<Pair>(pairs.begin(), pairs.end()), (std::vector<Pair>{{0, 1}, {1, 0}}));
}

TEST(Assignment, NothingAndNotANumberAreNeverPaired) {
  Assigner assigner;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> worth{nan, 0, -1, nan};
  EXPECT_TRUE(assigner.solve(worth, 2, 2).empty());
  EXPECT_TRUE(assigner.solve({}, 0, 5).empty());
  EXPECT_TRUE(assigner.solve({}, 5, 0).empty());
}

TEST(Assignment, OfManyEqualsAllArePaired) {
  Assigner assigner;
  const std::size_t n = 120;
  EXPECT_EQ(assigner.solve(std::vector<double>(n * 2 * n, 1.0), n, 2 * n).size(), n);
  EXPECT_EQ(assigner.solve(std::vector<double>(n * 2 * n, 1.0), 2 * n, n).size(), n);
}

}  // namespace
}  // namespace faceshot::track
