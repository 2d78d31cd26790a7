// Text files, opened or read as one string.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace faceshot::data {

/// A stream that stands behind a UTF-8 byte order mark, if there is one.
/// @throws Error(not_found) no such file; Error(io) it is a folder or the system cannot read it
[[nodiscard]] std::ifstream open_text_file(const std::filesystem::path& path);

/// The whole file, without a UTF-8 byte order mark.
/// @throws Error(not_found) no such file; Error(io) it is a folder or the system cannot read it
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

}  // namespace faceshot::data
