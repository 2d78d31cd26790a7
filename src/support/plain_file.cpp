#include "support/plain_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

/// An open file that is closed in the destructor.
class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags, mode_t mode)
      : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (number_ < 0) fail((flags & O_ACCMODE) == O_RDONLY ? "read" : "write");
  }
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  [[nodiscard]] int number() const { return number_; }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  /// Network file systems may report errors only here.
  void close() {
    const int result = ::close(number_);
    number_ = -1;
    if (result != 0) fail("write");
  }

  [[noreturn]] void fail(const char* what) const {
    throw Error(ErrorCode::io, std::string("cannot ") + what + " '" + path_.string() +
                                   "': " + std::strerror(errno));
  }

 private:
  const std::filesystem::path& path_;
  int number_;
};

}  // namespace

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  OpenFile file(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  file.write(bytes);
  file.close();
}

void copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  const OpenFile source(from, O_RDONLY, 0);
  struct stat info {};
  if (::fstat(source.number(), &info) != 0) source.fail("read");
  OpenFile file(to, O_WRONLY | O_CREAT | O_EXCL, info.st_mode & 0777);
  std::vector<char> buffer(std::size_t{1} << 18);
  while (true) {
    const ssize_t got = ::read(source.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) source.fail("read");
    if (got == 0) break;
    file.write({buffer.data(), static_cast<std::size_t>(got)});
  }
  file.close();
}

}  // namespace faceshot::support
