#include "base/nearest_name.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace faceshot::base {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

const std::string& nearest_name(std::string_view name, const std::vector<std::string>& names) {
  assert(!names.empty());
  return *std::min_element(names.begin(), names.end(), [name](const auto& a, const auto& b) {
    return edit_distance(a, name) < edit_distance(b, name);
  });
}

std::optional<std::string> likely_name(std::string_view name,
                                       const std::vector<std::string>& names) {
  if (names.empty()) return std::nullopt;
  const std::string& nearest = nearest_name(name, names);
  if (3 * edit_distance(nearest, name) > std::max(name.size(), nearest.size())) return std::nullopt;
  return nearest;
}

}  // namespace faceshot::base
