// The query of a URL: name=value&name=value, percent-encoded (RFC 3986; + for a space as in HTML
// forms).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faceshot::serve {

/// @return nothing if a % is not followed by two hexadecimal digits
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// @return names and values in order; a name without = has an empty value
/// @throws Problem(bad_option) for a damaged query, or more than 32 names
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace faceshot::serve
