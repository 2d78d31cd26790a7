#include "augment/search/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::augment::search {
namespace {

void demand_pairs(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size())
    throw Error(ErrorCode::invalid_argument, "rank correlation: the lists differ in length");
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j)
      ranks[order[j]] = static_cast<double>(i + end - 1) / 2;  // the mean of i ... end - 1
    i = end;
  }
  return ranks;
}

}  // namespace

double spearman(std::span<const double> x, std::span<const double> y) {
  demand_pairs(x, y);
  const std::vector<double> a = ranks_of(x), b = ranks_of(y);
  const double mean = (static_cast<double>(x.size()) - 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean) * (b[i] - mean);
    aa += (a[i] - mean) * (a[i] - mean);
    bb += (b[i] - mean) * (b[i] - mean);
  }
  if (aa == 0 || bb == 0) return std::numeric_limits<double>::quiet_NaN();
  return ab / std::sqrt(aa * bb);
}

double kendall(std::span<const double> x, std::span<const double> y) {
  demand_pairs(x, y);
  double sum = 0, pairs_x = 0, pairs_y = 0;
  const auto sign = [](double a, double b) { return a < b ? 1.0 : a > b ? -1.0 : 0.0; };
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      const double a = sign(x[i], x[j]), b = sign(y[i], y[j]);
      sum += a * b;
      pairs_x += a * a;
      pairs_y += b * b;
    }
  if (pairs_x == 0 || pairs_y == 0) return std::numeric_limits<double>::quiet_NaN();
  return sum / std::sqrt(pairs_x * pairs_y);
}

}  // namespace faceshot::augment::search
