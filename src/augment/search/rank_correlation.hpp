// Rank correlation: how well two orders agree.
#pragma once

#include <span>

namespace faceshot::augment::search {

/// Spearman's rho: the correlation of the ranks, ties having their mean rank. In [-1, 1]; NaN for
/// fewer than two values, or if all values of one side are equal. Pure.
/// @throws Error(invalid_argument) for different lengths
[[nodiscard]] double spearman(std::span<const double> x, std::span<const double> y);

/// Kendall's tau-b: concordant minus discordant pairs, corrected for ties (Kendall 1945). Otherwise
/// as above.
[[nodiscard]] double kendall(std::span<const double> x, std::span<const double> y);

}  // namespace faceshot::augment::search
