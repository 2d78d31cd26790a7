// Files that are written completely or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace faceshot::support {

/// Writes `bytes` to a temporary file beside `path`, forces them to disk and renames it: at any
/// moment, even after a crash or on a full disk, `path` has either the old content or the new,
/// whole. Two writers of the same path do not disturb each other; the last one wins. If `path`
/// exists and is not a file (a pipe, /dev/null), it is written to and not replaced. Thread safe.
/// @throws Error(io) naming the path and the system's reason; no temporary file is left then
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Creates the file with all of `bytes`, forced to disk, if there is none of its name: of several
/// writers, even in other processes and on other machines, exactly one succeeds. Works on shared
/// folders (link(2); on file systems without hard links O_EXCL, in which case a reader may see a
/// file that is not whole yet). Thread safe.
/// @return false if the file exists already; it is not changed
/// @throws Error(io) naming the path and the system's reason; no temporary file is left then
[[nodiscard]] bool write_file_once(const std::filesystem::path& path, std::string_view bytes);

/// As write_file_atomically(), piece by piece, for contents too large for memory.
class AtomicFile {
 public:
  /// Opens the temporary file. @throws Error(io)
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();  ///< removes the temporary file unless it was committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. @throws Error(io)
  void write(std::string_view bytes);
  /// Forces everything to disk and renames. @throws Error(io)
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
