// Writing SVG and HTML.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace faceshot {

/// The text with &, <, > and " as entities: for content and attributes alike.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// Appends what printf would print, cut off after 511 bytes.
template <class... Args>
void append_format(std::string& out, const char* format, Args... args) {
  std::array<char, 512> buffer;
  std::snprintf(buffer.data(), buffer.size(), format, args...);
  out += buffer.data();
}

}  // namespace faceshot
