// The query of a URL: name=value&name=value, percent-encoded (RFC 3986; + for a blank as HTML forms
// write it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faceshot::serve {

/// @return nothing for a % that two hexadecimal digits do not follow
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// @return names and values in order; a name without = has an empty value
/// @throws Problem(bad_option) for a damaged one, or more than 32
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace faceshot::serve
