// Trying something out in a copy of this process, for libraries that damaged files make crash, hang
// or take all memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faceshot {

/// For a process that has just been forked to read a file of this size: a breakdown is quiet,
/// leaves no core file, and ends this process alone. Memory is limited to 1 GB and 128 times the
/// file beyond what is in use now.
/// @param seconds  of processor time, at most
void limit_this_process(std::uint64_t file_size, std::uint64_t seconds);

/// Runs `call` in a copy of this process (fork) within these limits. Returns if it returned there:
/// the caller may then safely do the same itself, for what comes of it. `call` needs no other
/// thread: in the copy there are none. Thread safe if `call` is.
/// @param path  sets the limit of memory, and is named in errors
/// @param seconds  of processor time, at most: several times what a good file of that size needs
/// @throws what `call` threw, if an Error; Error(format) if it broke down; Error(not_found) without
///   the file; Error(io) if the system gives no process
void try_isolated(const std::filesystem::path& path, std::uint64_t seconds,
                  const std::function<void()>& call);

}  // namespace faceshot
