// Files embedded in the program: the page, and the OpenAPI document.
#pragma once

#include <string_view>

namespace faceshot::serve {

struct Asset {
  std::string_view path;  ///< in URLs
  std::string_view content_type;
  std::string_view content;
  std::string_view tag;  ///< changes with the content, for If-None-Match; quoted
};

/// @return null if there is none
[[nodiscard]] const Asset* asset_at(std::string_view path) noexcept;

}  // namespace faceshot::serve
