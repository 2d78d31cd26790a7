// Writing SVG and HTML.
#pragma once

#include <string>
#include <string_view>

namespace faceshot::support {

/// The text with &, <, > and " as entities: for content and attributes alike.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// RFC 4648, with padding: for data: URLs.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace faceshot::support
