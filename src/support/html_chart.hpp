// One chart of a page.
#pragma once

#include <string>
#include <string_view>

#include "support/document.hpp"

namespace faceshot::support {

/// The figure, with its numbers as a table. @param number makes its ids unique on the page
/// @throws Error(invalid_argument) for more curves than can be told apart
[[nodiscard]] std::string html_chart(const CurveChart& chart, std::size_t number);

/// What makes all charts of a page answer to mouse, finger and keys.
[[nodiscard]] std::string_view chart_script();

/// Rows for people and Markdown: of each curve at most so many points.
[[nodiscard]] Table chart_table(const CurveChart& chart, std::size_t most);

}  // namespace faceshot::support
