// Decodes base64 (RFC 4648).
#pragma once

#include <optional>
#include <string_view>

#include "serve/http/message.hpp"

namespace faceshot::serve {

/// @param text in the standard or the URL-safe alphabet, padded or not, without white space
/// @return nothing if it is not base64: another character, an impossible length, padding other than
///         at the end, or non-zero bits beyond the last byte. Thread safe.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace faceshot::serve
