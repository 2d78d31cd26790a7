// A WIDER FACE result for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "evaluate/wider_protocol.hpp"

namespace faceshot::evaluate {

/// A table for the terminal: a row a setting, then what was scored and what was missing. Ends with
/// a newline.
[[nodiscard]] std::string wider_table(const WiderResult& result);

/// The result as JSON (keys in docs/evaluation.md). An AP is null where no face counts.
/// @param with_curves whether the 1,000 points of each curve are in it
[[nodiscard]] nlohmann::ordered_json wider_json(const WiderResult& result, bool with_curves);

/// The three precision-recall curves in one SVG picture.
[[nodiscard]] std::string wider_svg(const WiderResult& result, std::string_view title);

}  // namespace faceshot::evaluate
