#include "core/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

/// Writes and syncs; 0 or the errno of what failed.
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

/// The rename itself must reach the disk too; a file system that cannot sync a folder is no error.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  static std::atomic<unsigned> serial{0};
  std::string temporary;
  int file = -1;
  do {  // a writer that was killed may have left a file of this name: process numbers come again
    temporary =
        path.string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(serial++);
    file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file < 0 && errno == EEXIST);
  const auto fail = [&](int reason) {
    ::unlink(temporary.c_str());
    throw Error(ErrorCode::io, "cannot write '" + path.string() + "': " + std::strerror(reason));
  };
  if (file < 0) fail(errno);
  const int failed = write_all(file, bytes);
  const int closed = ::close(file) == 0 ? 0 : errno;
  if (failed != 0) fail(failed);
  if (closed != 0) fail(closed);
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail(errno);
  const auto folder = path.parent_path();
  sync_folder(folder.empty() ? "." : folder);
}

}  // namespace faceshot
