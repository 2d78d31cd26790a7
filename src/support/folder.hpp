// Folders that output goes to.
#pragma once

#include <filesystem>

namespace faceshot::support {

/// Makes the folder and those above it; nothing happens if it is there or `path` is empty (here).
/// @throws Error(io) naming the folder and the system's reason
void make_folder(const std::filesystem::path& path);

}  // namespace faceshot::support
