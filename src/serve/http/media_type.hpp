// Content-Type and Accept (RFC 9110, 8.3.1 and 12.5.1).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::serve {

struct MediaType {
  std::string type;                               ///< in lower case, "image/jpeg"
  std::map<std::string, std::string> parameters;  ///< names in lower case; the first of repeated
                                                  ///< ones
};

/// @return nothing if it is not a media type
[[nodiscard]] std::optional<MediaType> parse_media_type(std::string_view text);

/// The value of a header with parameters, such as `form-data; name="a"`.
/// @return its first word in lower case as MediaType::type; nothing if it is damaged
[[nodiscard]] std::optional<MediaType> parse_parameters(std::string_view text);

/// The type among `offered` that an Accept header prefers; the first offered of equals.
/// @param accept empty: anything. Damaged parts of the header are ignored
/// @return index; nothing if none is acceptable
[[nodiscard]] std::optional<std::size_t> choose_type(std::string_view accept,
                                                     std::span<const std::string_view> offered);

// Building blocks for such headers; none of them throws.

/// A token of RFC 9110, 5.6.2: letters, digits and !#$%&'*+-.^_`|~
[[nodiscard]] bool is_token(std::string_view text) noexcept;
[[nodiscard]] std::string lower(std::string_view text);
/// Without leading and trailing blanks and tabs.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace faceshot::serve
