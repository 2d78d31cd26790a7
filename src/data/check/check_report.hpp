// The findings as an HTML page.
#pragma once

#include <cstddef>
#include <string>

#include "data/check/check_set.hpp"

namespace faceshot::data {

/// A stand-alone HTML page: a table of the number of findings, then each problem with its first
/// findings: location, detail and the image (reduced, with the box drawn).
/// @param pictures how many findings of each problem are shown with their image
[[nodiscard]] std::string check_report_html(const CheckReport& report, std::size_t pictures = 8);

}  // namespace faceshot::data
