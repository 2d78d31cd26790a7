// Files in a folder that is not visible before it is complete: neither atomic nor forced to disk.
#pragma once

#include <filesystem>
#include <string_view>

namespace faceshot::support {

/// Creates the file, or replaces its content. Thread safe.
/// @throws Error(io) naming the file and the system's reason
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Copies bytes and permissions. (std::filesystem::copy_file reports a full disk as "input/output
/// error".)
/// @param to must not exist
/// @throws Error(io) naming the file that cannot be read or written, and the system's reason
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace faceshot::support
