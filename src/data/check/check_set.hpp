// Finds problems in prepared sets and repairs what can be repaired.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "data/check/problem.hpp"
#include "data/prepared/prepared.hpp"

namespace faceshot::data {

struct CheckOptions {
  float min_side = 4;  ///< faces with a shorter side below this are tiny, pixels of the photograph
  int threads = 2;     ///< that decode images
};

/// One CSV file of a set.
struct CheckedSplit {
  std::filesystem::path csv;
  std::size_t images = 0, boxes = 0;  ///< as in the file
  PreparedSet repaired;               ///< with every requested repair
};

struct CheckReport {
  std::vector<Finding> findings;  ///< by problem, then in file order
  std::vector<CheckedSplit> splits;

  /// The number of findings of each problem.
  [[nodiscard]] std::array<std::size_t, static_cast<std::size_t>(Problem::count)> counts() const;
};

/// Which problems are to be repaired, by Problem.
using Repairs = std::array<bool, static_cast<std::size_t>(Problem::count)>;

/// Decodes every image once.
/// @param csvs splits of one set or of several; images that two of them share are found
/// @param repairs errors that it excludes stay in `findings` but not in `repaired`, which cannot
/// hold
///        errors: see unrepaired_errors
/// @throws Error as read_raw_set
[[nodiscard]] CheckReport check_sets(
    const std::vector<std::filesystem::path>& csvs, const CheckOptions& options,
    const Repairs& repairs, const std::function<void(std::size_t, std::size_t)>& progress = {});

/// Findings of Severity::error that `repairs` does not repair.
[[nodiscard]] std::size_t unrepaired_errors(const CheckReport& report, const Repairs& repairs);

}  // namespace faceshot::data
