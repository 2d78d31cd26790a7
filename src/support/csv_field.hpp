// One value of a CSV file (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace faceshot::support {

/// The text, quoted if it contains commas, quotes or line breaks.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace faceshot::support
