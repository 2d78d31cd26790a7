// Small files written whole.
#pragma once

#include <filesystem>
#include <string_view>

namespace faceshot {

/// Writes `text` to `path` through a temporary name beside it and a rename: the file is complete or
/// not there. Makes the folder if it is missing.
/// @throws Error(io)
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace faceshot
