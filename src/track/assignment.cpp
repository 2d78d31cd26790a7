#include "track/assignment.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace faceshot::track {

std::size_t Assigner::root(std::size_t node) noexcept {
  while (parent_[node] != node) {
    parent_[node] = parent_[parent_[node]];
    node = parent_[node];
  }
  return node;
}

/// Sorts rows and columns into order_ by their connected component.
void Assigner::find_parts(std::span<const double> worth, std::size_t rows, std::size_t columns) {
  parent_.resize(rows + columns);
  std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      if (!(worth[r * columns + c] > 0)) continue;
      const std::size_t a = root(r), b = root(rows + c);
      parent_[std::max(a, b)] = std::min(a, b);
    }
  order_.resize(rows + columns);
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  for (std::size_t& node : parent_) node = root(node);
  std::sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) {
    return parent_[a] != parent_[b] ? parent_[a] < parent_[b] : a < b;
  });
}

std::span<const Pair> Assigner::solve(std::span<const double> worth, std::size_t rows,
                                      std::size_t columns) {
  assert(worth.size() == rows * columns);
  pairs_.clear();
  find_parts(worth, rows, columns);
  for (std::size_t from = 0; from < order_.size();) {
    part_rows_.clear();
    part_columns_.clear();
    const std::size_t part = parent_[order_[from]];
    for (; from < order_.size() && parent_[order_[from]] == part; ++from) {
      const std::size_t node = order_[from];
      if (node < rows)
        part_rows_.push_back(node);
      else
        part_columns_.push_back(node - rows);
    }
    if (!part_rows_.empty() && !part_columns_.empty()) solve_part(worth, columns);
  }
  std::sort(pairs_.begin(), pairs_.end(),
            [](const Pair& a, const Pair& b) { return a.row < b.row; });
  return pairs_;
}

/// Every element of the smaller side is assigned, at no cost if a pair is worth nothing; such pairs
/// are dropped. Index 0 of rows and columns is the algorithm's own; theirs begin at 1.
void Assigner::solve_part(std::span<const double> worth, std::size_t columns) {
  const bool turned = part_rows_.size() > part_columns_.size();
  const auto& small = turned ? part_columns_ : part_rows_;
  const auto& large = turned ? part_rows_ : part_columns_;
  const auto value = [&](std::size_t i, std::size_t j) {
    const double w = turned ? worth[large[j - 1] * columns + small[i - 1]]
                            : worth[small[i - 1] * columns + large[j - 1]];
    return w > 0 ? w : 0.0;
  };
  const std::size_t n = small.size(), m = large.size();
  row_potential_.assign(n + 1, 0);
  column_potential_.assign(m + 1, 0);
  row_of_.assign(m + 1, 0);
  way_.assign(m + 1, 0);
  for (std::size_t i = 1; i <= n; ++i) {
    row_of_[0] = i;
    std::size_t column = 0;
    distance_.assign(m + 1, std::numeric_limits<double>::infinity());
    done_.assign(m + 1, 0);
    do {
      done_[column] = 1;
      const std::size_t row = row_of_[column];
      double least = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= m; ++j) {
        if (done_[j]) continue;
        const double reduced = -value(row, j) - row_potential_[row] - column_potential_[j];
        if (reduced < distance_[j]) {
          distance_[j] = reduced;
          way_[j] = column;
        }
        if (distance_[j] < least) {
          least = distance_[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= m; ++j) {
        if (done_[j]) {
          row_potential_[row_of_[j]] += least;
          column_potential_[j] -= least;
        } else {
          distance_[j] -= least;
        }
      }
      column = next;
    } while (row_of_[column] != 0);
    for (; column != 0; column = way_[column]) row_of_[column] = row_of_[way_[column]];
  }
  for (std::size_t j = 1; j <= m; ++j) {
    const std::size_t i = row_of_[j];
    if (i == 0 || !(value(i, j) > 0)) continue;
    pairs_.push_back(turned ? Pair{large[j - 1], small[i - 1]} : Pair{small[i - 1], large[j - 1]});
  }
}

}  // namespace faceshot::track
