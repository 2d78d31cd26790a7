// Protection against damaged .mat files, on which matio crashes, or works for minutes.
#pragma once

#include <filesystem>
#include <functional>

namespace faceshot::matfile {

/// Runs `read`, which must read this file, in a sandbox (support/sandbox.hpp). If it succeeds
/// there, it may be done here.
/// @throws as try_in_sandbox()
void try_mat_file(const std::filesystem::path& path, const std::function<void()>& read);

}  // namespace faceshot::matfile
