// Writing a file completely or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace faceshot::support {

/// Writes `bytes` to a temporary file beside `path`, forces them to disk and renames it: at any
/// moment, also after a crash or on a full disk, `path` holds the old content or the new, whole.
/// Two writers of the same path do not disturb each other; the last one wins. What is there and is
/// no file (a pipe, /dev/null) is written to and not replaced. Thread safe.
/// @throws Error(io) naming the path and the system's reason; no temporary file is left then
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Makes the file with all of `bytes`, forced to disk, if there is none of its name: of several
/// writers, in other processes and on other machines too, exactly one does. Works on shared folders
/// (link(2); where a file system has no hard links, O_EXCL, and then a reader may see a file that
/// is not whole yet). Thread safe.
/// @return false if the file is there already; it is not changed
/// @throws Error(io) naming the path and the system's reason; no temporary file is left then
[[nodiscard]] bool write_file_once(const std::filesystem::path& path, std::string_view bytes);

/// As write_file_atomically(), piece by piece, for what is too large to be held in memory.
class AtomicFile {
 public:
  /// Opens the temporary file. @throws Error(io)
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();  ///< removes the temporary file unless it was committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. @throws Error(io)
  void write(std::string_view bytes);
  /// Forces all to disk and renames. @throws Error(io)
  void commit();

 private:
  [[noreturn]] void fail(int reason);
  void flush();

  std::filesystem::path path_;
  std::string temporary_;
  std::string buffer_;
  int file_ = -1;
};

}  // namespace faceshot::support
