// A WIDER FACE result for users and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "evaluate/wider_protocol.hpp"

namespace faceshot::evaluate {

/// A table for the terminal: one row per setting, then what was scored and what was missing. Ends
/// with a newline.
[[nodiscard]] std::string wider_table(const WiderResult& result);

/// The result as JSON (keys in docs/evaluation.md). An AP is null if no face counts.
/// @param with_curves include the 1,000 points of each curve
[[nodiscard]] nlohmann::ordered_json wider_json(const WiderResult& result, bool with_curves);

/// The three precision-recall curves in one SVG picture.
[[nodiscard]] std::string wider_svg(const WiderResult& result, std::string_view title);

}  // namespace faceshot::evaluate
