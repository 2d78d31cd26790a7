// One value of a CSV file (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace faceshot::support {

/// The text, in quotes where commas, quotes or ends of lines demand it.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace faceshot::support
