#include "video/writing/film_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "faceshot/error.hpp"
#include "video/libav.hpp"
#include "video/writing/film_writer.hpp"

namespace faceshot::video {
namespace {

std::string temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> serial{0};
  return path.string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(serial++);
}

}  // namespace

FilmFile::FilmFile(const std::filesystem::path& path) : path_(path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  file_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  // Not every file system supports it; other errors show up again below.
  while (file_ < 0) {
    temporary_ = temporary_name(path);
    file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST) fail(errno);
  }
  constexpr int block = 1 << 20;
  auto* const buffer = static_cast<std::uint8_t*>(av_malloc(block));
  io_ = buffer == nullptr ? nullptr
                          : avio_alloc_context(buffer, block, 1, this, nullptr, &FilmFile::write,
                                               &FilmFile::seek);
  if (io_ == nullptr) {
    av_free(buffer);
    close();
    throw_no_memory();
  }
}

FilmFile::~FilmFile() { close(); }

void FilmFile::close() {
  if (io_ != nullptr) {
    av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  if (file_ < 0) return;
  ::close(file_);
  file_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

int FilmFile::write(void* self, std::uint8_t* bytes, int count) {
  auto& my = *static_cast<FilmFile*>(self);
  for (int done = 0; done < count;) {
    const ssize_t written = ::write(my.file_, bytes + done, static_cast<std::size_t>(count - done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      if (my.failed_ == 0) my.failed_ = errno;
      return AVERROR(my.failed_);
    }
    done += static_cast<int>(written);
  }
  return count;
}

std::int64_t FilmFile::seek(void* self, std::int64_t offset, int whence) {
  const auto& my = *static_cast<FilmFile*>(self);
  if (whence == AVSEEK_SIZE) {
    struct stat status {};
    return ::fstat(my.file_, &status) == 0 ? status.st_size : AVERROR(errno);
  }
  const off_t at = ::lseek(my.file_, offset, whence & ~AVSEEK_FORCE);
  return at < 0 ? AVERROR(errno) : at;
}

std::string FilmFile::other_name() const { return "/proc/self/fd/" + std::to_string(file_); }

void FilmFile::fail(int reason) const {
  throw CannotWrite(
      Error(ErrorCode::io, "cannot write '" + path_.string() + "': " + std::strerror(reason)));
}

void FilmFile::check() const {
  if (failed_ != 0) fail(failed_);
}

void FilmFile::commit() {
  avio_flush(io_);
  check();
  if (::fsync(file_) != 0) fail(errno);
  // Links do not replace files, renames do: the name is given in two steps.
  while (temporary_.empty()) {
    const std::string name = temporary_name(path_);
    if (::linkat(AT_FDCWD, other_name().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      temporary_ = name;
    else if (errno != EEXIST)
      fail(errno);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(errno);
  temporary_.clear();
  close();
}

}  // namespace faceshot::video
