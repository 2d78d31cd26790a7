// A text file as one string.
#pragma once

#include <filesystem>
#include <string>

namespace faceshot {

/// The whole file, without a UTF-8 byte order mark.
/// @throws Error(not_found) no such file; Error(io) it is a folder or the system cannot read it
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

}  // namespace faceshot
