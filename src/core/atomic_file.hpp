// Writing a file completely or not at all.
#pragma once

#include <filesystem>
#include <string_view>

namespace faceshot {

/// Writes `bytes` to a temporary file beside `path`, forces them to disk and renames it: at any
/// moment, also after a crash or on a full disk, `path` holds the old content or the new, whole.
/// Two writers of the same path do not disturb each other; the last one wins. Thread safe.
/// @throws Error(io) naming the path and the system's reason; no temporary file is left then
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace faceshot
