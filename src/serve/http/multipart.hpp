// Multipart bodies: multipart/form-data (RFC 7578, in the form of RFC 2046).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faceshot::serve {

struct Part {
  std::string name;                    ///< of the form's field; empty: none
  std::string filename;                ///< given by the client, for answers only; empty: none
  std::string content_type;            ///< empty: none
  std::span<const std::uint8_t> data;  ///< a part of the body
};

struct MultipartLimits {
  std::size_t parts = 256;
  std::size_t header_bytes = 4096;  ///< of one part
};

/// Splits a body into its parts; nothing is copied. Thread safe.
/// @param boundary from the Content-Type, without the two dashes
/// @throws Problem(bad_body) for a boundary that RFC 2046 does not allow, a part without an end or
///         with a damaged header, exceeded limits, or a body without its last boundary
[[nodiscard]] std::vector<Part> parse_multipart(std::span<const std::uint8_t> body,
                                                std::string_view boundary,
                                                const MultipartLimits& limits = {});

}  // namespace faceshot::serve
