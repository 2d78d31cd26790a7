// Work on a file that is not trusted, in a process of its own: for libraries that damaged files
// make crash, hang or take all memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace faceshot::support {

struct SandboxLimits {
  /// Of processor time: several times what a good file of that size needs.
  std::chrono::seconds processor{10};
  /// From start to end, whatever the work waits for. Much longer than processor time: the machine
  /// may be busy with other things.
  std::chrono::seconds all{120};
};

/// In the sandbox: bytes for the process outside.
class SandboxWriter {
 public:
  virtual ~SandboxWriter() = default;
  virtual void write(const void* data, std::size_t size) = 0;

 protected:
  SandboxWriter() = default;
  SandboxWriter(const SandboxWriter&) = default;
  SandboxWriter& operator=(const SandboxWriter&) = default;
};

/// Outside: the bytes as they were written. They deserve no more trust than the file: who wrote
/// them may have been damaged by it.
class SandboxReader {
 public:
  virtual ~SandboxReader() = default;
  /// @throws Error as run_in_sandbox(), if there are not as many
  virtual void read(void* data, std::size_t size) = 0;

 protected:
  SandboxReader() = default;
  SandboxReader(const SandboxReader&) = default;
  SandboxReader& operator=(const SandboxReader&) = default;
};

/// Runs `work` in a copy of this process (fork), and meanwhile `receive` here, which must read all
/// that `work` writes. Returns when both have. The copy may crash, run on forever, wait forever or
/// ask for any amount of memory: it ends at the limits, and at 1 GB and 128 times the file's size
/// beyond what is in use now. Nothing that it does to its memory is seen here, and what it prints
/// is dropped. When this function ends, however it does, the copy is gone.
///
/// `work` must need no other thread: in the copy there are none, and locks that they held are held
/// forever (the limit on time ends that). Thread safe if `work` is.
/// @param file  named in errors; its size sets the limit of memory
/// @throws what `work` threw, if an Error, and what `receive` throws; Error(format) if the copy
/// broke
///   down, ran into a limit, or wrote more or less than was read; Error(not_found) without the
///   file; Error(resource_exhausted) if the system has no process
void run_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void(SandboxWriter&)>& work,
                    const std::function<void(SandboxReader&)>& receive);

/// The same for work that gives nothing: if it ends well there, it may be done here.
void try_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void()>& work);

}  // namespace faceshot::support
