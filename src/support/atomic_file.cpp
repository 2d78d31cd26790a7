#include "support/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

/// Writes all bytes; returns 0 or errno.
int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// The rename itself must reach the disk too; a file system that cannot sync a folder is not an
/// error.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

std::string temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> serial{0};
  return path.string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(serial++);
}

[[noreturn]] void fail_to_write(const std::filesystem::path& path, int reason) {
  throw Error(ErrorCode::io, "cannot write '" + path.string() + "': " + std::strerror(reason));
}

/// Creates a file of this name with these bytes; returns 0, or errno, in which case no file is left
/// unless it already existed.
int write_new(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int failed = write_all(file, bytes);
  if (failed == 0 && ::fsync(file) != 0) failed = errno;
  if (::close(file) != 0 && failed == 0) failed = errno;
  if (failed != 0) ::unlink(path.c_str());
  return failed;
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path) : path_(path) {
  // Anything that is not a file (/dev/null, a pipe) is written to; replacing it by a file would be
  // a disaster.
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) fail(errno);
    return;
  }
  do {  // a killed writer may have left a file of this name, since process ids are reused
    temporary_ = temporary_name(path);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EEXIST);
  if (file_ < 0) fail(errno);
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  constexpr std::size_t block = std::size_t{1} << 20;
  buffer_ += bytes;
  if (buffer_.size() >= block) flush();
}

void AtomicFile::flush() {
  if (const int failed = write_all(file_, buffer_); failed != 0) fail(failed);
  buffer_.clear();
}

void AtomicFile::commit() {
  flush();
  const bool is_file = !temporary_.empty();
  if (is_file && ::fsync(file_) != 0) fail(errno);
  const int closed = ::close(file_) == 0 ? 0 : errno;
  file_ = -1;
  if (!is_file) {
    if (closed != 0) fail(closed);
    return;
  }
  if (closed != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int reason = closed != 0 ? closed : errno;
    ::unlink(temporary_.c_str());
    fail(reason);
  }
  const auto folder = path_.parent_path();
  sync_folder(folder.empty() ? "." : folder);
}

void AtomicFile::fail(int reason) { fail_to_write(path_, reason); }

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

bool write_file_once(const std::filesystem::path& path, std::string_view bytes) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return false;
  std::string temporary;
  int failed = 0;
  do {  // other machines have processes with the same id
    temporary = temporary_name(path);
    failed = write_new(temporary, bytes);
  } while (failed == EEXIST);
  if (failed != 0) fail_to_write(path, failed);
  failed = ::link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
  // Over a network the answer to a successful link may be lost, and the second request fails.
  if (failed != 0 && ::stat(temporary.c_str(), &status) == 0 && status.st_nlink == 2) failed = 0;
  ::unlink(temporary.c_str());
  if (failed == EPERM || failed == EOPNOTSUPP || failed == ENOSYS || failed == EMLINK)
    failed = write_new(path.string(), bytes);
  if (failed == EEXIST) return false;
  if (failed != 0) fail_to_write(path, failed);
  const auto folder = path.parent_path();
  sync_folder(folder.empty() ? "." : folder);
  return true;
}

}  // namespace faceshot::support
