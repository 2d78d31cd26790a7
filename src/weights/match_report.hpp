// How each array was matched, for users and programs.
#pragma once

#include <string>

#include "weights/name_map.hpp"

namespace faceshot::weights {

/// A line of counts; then one line each for class starts, wrong shapes, missing, left-over and
/// filled arrays; with `all`, also for matched ones. Ends with a newline.
[[nodiscard]] std::string report_table(const MatchReport& report, bool all = false);

/// The same as JSON, always including matched ones: {"map", "matched": [{"name", "foreign",
/// "shape"}], "wrong_shape": [{"name", "foreign", "wanted", "found"}], "left_over", "missing",
/// "filled", "unfolded", "classes": [{"name", "from"}], "grown": [{"name", "from", "to"}],
/// "branches", "counters"}.
[[nodiscard]] std::string report_json(const MatchReport& report);

/// "8x3x3x3"; "scalar" for no dimensions.
[[nodiscard]] std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace faceshot::weights
