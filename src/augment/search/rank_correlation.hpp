// Rank correlation: how well two orders agree.
#pragma once

#include <span>

namespace faceshot::augment::search {

/// Spearman's rho: the correlation of the ranks, ties having the mean of theirs. In [-1, 1]; NaN
/// for fewer than two values, or if all of a side are the same. Pure.
/// @throws Error(invalid_argument) for different lengths
[[nodiscard]] double spearman(std::span<const double> x, std::span<const double> y);

/// Kendall's tau-b: pairs in the same order less pairs in the other, ties taken account of (Kendall
/// 1945). As above.
[[nodiscard]] double kendall(std::span<const double> x, std::span<const double> y);

}  // namespace faceshot::augment::search
