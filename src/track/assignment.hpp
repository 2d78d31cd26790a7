// Optimal assignment: pairs elements of two sets so that the sum of the pairs' worths is greatest.
//
// Shortest augmenting paths with potentials (R. Jonker, A. Volgenant, "A shortest augmenting path
// algorithm for dense and sparse linear assignment problems", Computing 38, 1987), exact. Connected
// components are solved separately, since most boxes overlap few others.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace faceshot::track {

struct Pair {
  std::size_t row = 0, column = 0;

  friend constexpr bool operator==(const Pair&, const Pair&) = default;
};

/// Reuses its memory. Not thread safe; deterministic.
class Assigner {
 public:
  /// @param worth rows x columns, row by row. Entries that are not above 0 (or NaN) are never
  /// paired
  /// @pre worth.size() == rows * columns, none infinite
  /// @return the pairs, each row and each column at most once, by row; valid until the next call.
  ///         No other set of pairs has a greater sum
  std::span<const Pair> solve(std::span<const double> worth, std::size_t rows, std::size_t columns);

 private:
  std::size_t root(std::size_t node) noexcept;
  void find_parts(std::span<const double> worth, std::size_t rows, std::size_t columns);
  void solve_part(std::span<const double> worth, std::size_t columns);

  std::vector<std::size_t> parent_, order_;  // union-find over rows, then columns
  std::vector<std::size_t> part_rows_, part_columns_;
  std::vector<double> row_potential_, column_potential_, distance_;
  std::vector<std::size_t> row_of_, way_;
  std::vector<char> done_;
  std::vector<Pair> pairs_;
};

}  // namespace faceshot::track
