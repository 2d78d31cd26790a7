// Text files, opened or read as one string.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace faceshot::data {

/// A stream positioned after a UTF-8 byte order mark, if there is one.
/// @throws Error(not_found) no such file; Error(io) it is a folder or the system cannot read it
[[nodiscard]] std::ifstream open_text_file(const std::filesystem::path& path);

/// The whole file, without a UTF-8 byte order mark. UTF-16, recognised by its own mark, is
/// converted to UTF-8.
/// @throws Error(not_found) no such file; Error(io) it is a folder or the system cannot read it;
///         Error(format) damaged UTF-16
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

/// Whether a text begins with UTF-16's byte order mark.
[[nodiscard]] bool has_utf16_mark(std::string_view text);

}  // namespace faceshot::data
