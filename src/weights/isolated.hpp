// Reading arrays in a process of its own, for libraries that damaged files make crash.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot {

/// Takes one array after the other.
using ArraySink = std::function<void(const NamedArray&)>;

/// Runs `read` in a copy of this process (fork) and returns the arrays that it gave to its sink. It
/// may crash, run on forever or ask for any amount of memory: processor time (3 seconds and one
/// more for each 4 MB of the file) and memory (1 GB and 128 times the file) are limited, and the
/// copy ends with it.
///
/// `read` throws Error, which is thrown here too, and needs no other thread: in the copy there are
/// none. Thread safe if `read` is.
/// @param path  named in errors, and its size sets the limits
/// @throws what `read` throws; Error(format) if it broke down; Error(io) if the system gives no
/// process
[[nodiscard]] std::vector<NamedArray> read_isolated(
    const std::filesystem::path& path, const std::function<void(const ArraySink&)>& read);

}  // namespace faceshot
