// Work on an untrusted file in a process of its own: for libraries that damaged files make crash,
// hang or use up all memory.
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
  /// Of elapsed time, whatever the work waits for. Much longer than processor time: the machine may
  /// be busy.
  std::chrono::seconds all{120};
};

/// Inside the sandbox: sends bytes to the process outside.
class SandboxWriter {
 public:
  virtual ~SandboxWriter() = default;
  virtual void write(const void* data, std::size_t size) = 0;

 protected:
  SandboxWriter() = default;
  SandboxWriter(const SandboxWriter&) = default;
  SandboxWriter& operator=(const SandboxWriter&) = default;
};

/// Outside: receives the bytes. They deserve no more trust than the file, which may have
/// compromised the writer.
class SandboxReader {
 public:
  virtual ~SandboxReader() = default;
  /// @throws Error as run_in_sandbox(), if there are fewer
  virtual void read(void* data, std::size_t size) = 0;

 protected:
  SandboxReader() = default;
  SandboxReader(const SandboxReader&) = default;
  SandboxReader& operator=(const SandboxReader&) = default;
};

/// Runs `work` in a copy of this process (fork), and meanwhile `receive` here, which must read
/// everything that `work` writes. Returns when both have ended. The copy may crash, loop or wait
/// forever, or request any amount of memory: it ends at the limits, and at 1 GB plus 128 times the
/// file's size beyond the memory in use now. Its changes to memory are not seen here, and its
/// output is dropped. When this function ends, for whatever reason, the copy is gone.
///
/// `work` must not need another thread: the copy has none, and locks that they held stay locked
/// (the time limit ends that). Thread safe if `work` is.
/// @param file  named in errors; its size sets the memory limit
/// @throws whatever `work` threw, if an Error, and whatever `receive` throws; Error(format) if the
///   copy crashed, hit a limit, or wrote more or less than was read; Error(not_found) without the
///   file; Error(resource_exhausted) if the system cannot create a process
void run_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void(SandboxWriter&)>& work,
                    const std::function<void(SandboxReader&)>& receive);

/// The same for work without a result: if it succeeds there, it may be done here.
void try_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void()>& work);

}  // namespace faceshot::support
