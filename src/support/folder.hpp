// Output folders.
#pragma once

#include <filesystem>

namespace faceshot::support {

/// Creates the folder and its parents; does nothing if it exists or `path` is empty (the current
/// one).
/// @throws Error(io) naming the folder and the system's reason
void make_folder(const std::filesystem::path& path);

}  // namespace faceshot::support
