// Base64 (RFC 4648) as it comes in.
#pragma once

#include <optional>
#include <string_view>

#include "serve/http/message.hpp"

namespace faceshot::serve {

/// @param text of the standard alphabet or of the one for URLs, padded or not, nothing in between
/// @return nothing if it is no base64: another letter, a length that cannot be, padding elsewhere
///         than at the end, or bits beyond the last byte that are not zero. Thread safe.
[[nodiscard]] std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace faceshot::serve
