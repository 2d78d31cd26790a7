// One chart of a page.
#pragma once

#include <string>
#include <string_view>

#include "support/document.hpp"

namespace faceshot::support {

/// The figure, with its numbers as a table. @param number makes its ids unique on the page
/// @throws Error(invalid_argument) for more curves than are distinguishable
[[nodiscard]] std::string html_chart(const CurveChart& chart, std::size_t number);

/// Makes all charts of a page respond to mouse, touch and keyboard.
[[nodiscard]] std::string_view chart_script();

/// Rows for readers and Markdown: at most `most` points of each curve.
[[nodiscard]] Table chart_table(const CurveChart& chart, std::size_t most);

}  // namespace faceshot::support
