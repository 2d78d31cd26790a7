// File names are bytes; text that we write is UTF-8 (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace faceshot::support {

/// False for stray, missing and overlong bytes, surrogates, and code points beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The text for a one-line message: bytes that are not UTF-8 and control characters become \xE9 and
/// the like.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace faceshot::support
