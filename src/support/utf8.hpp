// Names of files are bytes; what is written is UTF-8 (RFC 3629).
#pragma once

#include <string>
#include <string_view>

namespace faceshot::support {

/// False for stray, missing and overlong bytes, surrogates, and what lies beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The text for a message of one line: bytes that are not UTF-8 and control characters as \xE9.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace faceshot::support
