// Trying something out in a copy of this process, for libraries that damaged files make crash, hang
// or take all memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faceshot {

/// For a process that has just been forked to read a file of this size: a breakdown is quiet,
/// leaves no core file, and ends this process alone. Processor time is limited to 3 seconds and one
/// more for each 4 MB of the file, memory to 1 GB and 128 times the file beyond what is in use now.
void limit_this_process(std::uint64_t file_size);

/// Runs `call` in a copy of this process (fork) within these limits. Returns if it returned there:
/// the caller may then safely do the same itself, for what comes of it. `call` needs no other
/// thread: in the copy there are none. Thread safe if `call` is.
/// @param path  sets the limits, and is named in errors
/// @throws the Error that `call` threw; Error(format) if it broke down; Error(not_found) without
/// the
///   file; Error(io) if the system gives no process
void try_isolated(const std::filesystem::path& path, const std::function<void()>& call);

}  // namespace faceshot
