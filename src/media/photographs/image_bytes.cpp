#include "media/photographs/image_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "faceshot/error.hpp"
#include "media/photographs/image_file.hpp"

namespace faceshot::media {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Error unreadable(const std::string& name) {
  return {ErrorCode::io, "cannot read '" + name + "': " + std::strerror(errno)};
}

/// A pipe has no size, and a file may grow: read to the end.
std::vector<std::uint8_t> read_to_end(int file, std::size_t expected, const std::string& name) {
  constexpr std::size_t most = std::size_t{4} << 30;
  std::vector<std::uint8_t> bytes(expected + 1);  // the extra byte detects the end in one call
  std::size_t used = 0;
  for (;;) {
    if (used == bytes.size()) {
      if (used >= most)
        throw Error(ErrorCode::unsupported,
                    "'" + name + "' is larger than 4 GiB; photographs are not that large");
      bytes.resize(2 * used);
    }
    const ssize_t count = ::read(file, bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw unreadable(name);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  bytes.resize(used);
  return bytes;
}

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, const std::string& name) {
  constexpr std::size_t unknown_size = 1 << 16;
  if (path == "-") return read_to_end(STDIN_FILENO, unknown_size, name);
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    throw Error(ErrorCode::not_found, "there is no image '" + name + "'");
  if (std::filesystem::is_directory(status))
    throw Error(ErrorCode::format, "'" + name + "' is a folder, not an image");
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw unreadable(name);
  const auto size = std::filesystem::is_regular_file(status)
                        ? std::filesystem::file_size(path, error)
                        : unknown_size;
  return read_to_end(file.get(), error ? unknown_size : size, name);
}

}  // namespace

ImageFrame checked_frame(const std::vector<std::uint8_t>& bytes, const std::string& name,
                         Tail tail) {
  if (bytes.empty()) throw Error(ErrorCode::format, "'" + name + "' is damaged: the file is empty");
  const auto frame = parse_image_frame(bytes, name);
  if (!frame)
    throw Error(
        ErrorCode::format,
        "'" + name + "' is not a supported image: JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF or BMP");
  if (frame->cut_off && tail == Tail::required)
    throw Error(ErrorCode::format, "'" + name + "' is damaged: the file is truncated");
  if (std::int64_t{frame->width} * frame->height > max_image_pixels)
    throw Error(
        ErrorCode::unsupported,
        fmt::format("'{}' claims to be {}x{} pixels, more than the limit of {} million; scale "
                    "it down first",
                    name, frame->width, frame->height, max_image_pixels / 1'000'000));
  return *frame;
}

ImageBytes read_image_bytes(const std::filesystem::path& path, Tail tail) {
  const std::string name = path == "-" ? "standard input" : path.string();
  ImageBytes file{read_bytes(path, name), {}};
  file.frame = checked_frame(file.bytes, name, tail);
  return file;
}

}  // namespace faceshot::media
