// Live streams from standard input and FIFOs.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "video/live/sources/libav_input.hpp"

namespace faceshot::video {
namespace {

/// Closes what it opened; standard input stays open.
class PipeEnd {
 public:
  PipeEnd(const std::string& source, const Interrupt& interrupt) : interrupt_(interrupt) {
    if (source == "-") return;
    // Does not wait for a writer.
    file_ = ::open(source.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file_ < 0)
      throw Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                  "cannot open '" + source + "': " + std::strerror(errno));
  }
  ~PipeEnd() {
    if (file_ != STDIN_FILENO) ::close(file_);
  }
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;

  /// The function for LibavInput::Settings::read.
  int read(std::uint8_t* bytes, int count) {
    for (;;) {
      constexpr double a_while = 3600;
      if (interrupt_.raised()) return AVERROR_EXIT;
      if (!interrupt_.wait_readable(file_, a_while)) continue;
      const ssize_t got = ::read(file_, bytes, static_cast<std::size_t>(count));
      if (got > 0) return static_cast<int>(got);
      if (got == 0) return AVERROR_EOF;
      if (errno != EINTR && errno != EAGAIN) return AVERROR(errno);
    }
  }

 private:
  const Interrupt& interrupt_;
  int file_ = STDIN_FILENO;
};

}  // namespace

std::unique_ptr<LiveInput> open_pipe_input(const InputOptions& options,
                                           const Interrupt& interrupt) {
  const auto pipe = std::make_shared<PipeEnd>(options.source, interrupt);
  LibavInput::Settings settings;
  settings.protocols = "none";  // nothing is opened by URL
  settings.name = options.source == "-" ? "standard input" : "'" + options.source + "'";
  settings.manner = "pipe";
  settings.time_limits = false;  // the writer may be slow
  settings.read = [pipe](std::uint8_t* bytes, int count) { return pipe->read(bytes, count); };
  return std::make_unique<LibavInput>(options, interrupt, std::move(settings));
}

}  // namespace faceshot::video
