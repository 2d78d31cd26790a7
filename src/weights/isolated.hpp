// Reads arrays in a separate process, for libraries that crash on damaged files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "weights/weights.hpp"

namespace faceshot::weights {

/// Receives one array after the other.
using ArraySink = std::function<void(const NamedArray&)>;

/// Runs `read` in a sandbox (support/sandbox.hpp) and returns the arrays that it passed to its
/// sink. Processor time: 3 seconds, plus one for each 4 MB of the file; elapsed time: 60 seconds
/// plus ten times that. Thread safe if `read` is.
/// @throws what `read` throws; others as run_in_sandbox()
[[nodiscard]] std::vector<NamedArray> read_isolated(
    const std::filesystem::path& path, const std::function<void(const ArraySink&)>& read);

}  // namespace faceshot::weights
