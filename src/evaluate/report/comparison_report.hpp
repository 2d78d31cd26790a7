// Compares two detectors on the same images, with the significance of differences.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/study/bootstrap.hpp"
#include "support/document.hpp"

namespace faceshot::evaluate {

struct ComparedFigure {
  std::string key, name;
  PairedDifference of;
};

struct ComparisonReport {
  std::string a, b;  ///< names of the two
  std::string lede;
  std::size_t images = 0;
  BootstrapOptions bootstrap;
  std::vector<ComparedFigure> figures;
  std::vector<support::CurveChart> charts;
  std::vector<support::Table> tables;  ///< parts side by side
};

/// "b is better by 0.0102 (0.0081 to 0.0124): that is not an accident", or another conclusion.
[[nodiscard]] std::string verdict_of(const ComparisonReport& report, const ComparedFigure& figure);

/// A table for the terminal, and the verdicts. Ends with a newline.
[[nodiscard]] std::string comparison_table(const ComparisonReport& report);
[[nodiscard]] support::Document comparison_document(const ComparisonReport& report);
[[nodiscard]] nlohmann::ordered_json comparison_json(const ComparisonReport& report);

}  // namespace faceshot::evaluate
