// Files in a folder that nobody sees before it is complete: neither atomic nor forced to disk.
#pragma once

#include <filesystem>
#include <string_view>

namespace faceshot::support {

/// Makes the file, or replaces what is in it. Thread safe.
/// @throws Error(io) naming the file and the system's reason
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Copies bytes and permissions. std::filesystem::copy_file says "input/output error" of a full
/// disk.
/// @param to must not be there
/// @throws Error(io) naming the file that cannot be read or written, and the system's reason
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace faceshot::support
