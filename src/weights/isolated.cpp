#include "weights/isolated.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>
#include <string>

#include "core/isolated_call.hpp"
#include "faceshot/error.hpp"
#include "weights/input_file.hpp"

namespace faceshot {
namespace {

/// What follows in the pipe.
enum class Message : std::uint64_t { array, error, end };

/// No name, type or message is as long, and no array has as many dimensions.
constexpr std::uint64_t longest_text = 65536;
constexpr std::uint64_t most_dimensions = 64;

// --- the copy --------------------------------------------------------------------------------

class PipeWriter {
 public:
  explicit PipeWriter(int pipe) : pipe_(pipe) {}

  void bytes(const void* data, std::size_t size) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::write(pipe_, at, size);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) ::_exit(1);  // nobody listens any more
      at += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  void number(std::uint64_t value) { bytes(&value, sizeof value); }
  void text(const std::string& value) {
    const std::uint64_t size = std::min<std::uint64_t>(value.size(), longest_text);
    number(size);
    bytes(value.data(), size);
  }
  void array(const NamedArray& array) {
    number(static_cast<std::uint64_t>(Message::array));
    text(array.name);
    text(array.dtype);
    number(array.shape.size());
    for (const std::int64_t extent : array.shape) number(static_cast<std::uint64_t>(extent));
    bytes(array.values.data(), array.values.size() * sizeof(float));
  }
  void error(ErrorCode code, const std::string& message) {
    number(static_cast<std::uint64_t>(Message::error));
    number(static_cast<std::uint64_t>(code));
    text(message);
  }

 private:
  int pipe_;
};

[[noreturn]] void run_copy(int pipe, std::uint64_t file_size,
                           const std::function<void(const ArraySink&)>& read) {
  limit_this_process(file_size, 3 + (file_size >> 22));
  PipeWriter out(pipe);
  try {
    read([&](const NamedArray& array) { out.array(array); });
    out.number(static_cast<std::uint64_t>(Message::end));
  } catch (const Error& e) {
    out.error(e.code(), e.what());
  } catch (...) {  // out of memory: the file claims too much
    ::_exit(1);
  }
  ::_exit(0);  // without the destructors and handlers of the process that this is a copy of
}

// --- the process that waits ------------------------------------------------------------------

class Copy {
 public:
  Copy(pid_t process, int pipe) : process_(process), pipe_(pipe) {}
  ~Copy() {
    ::close(pipe_);
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  /// False if the copy has died, or has said nothing for so long that it must be stuck.
  bool bytes(void* data, std::size_t size) {
    constexpr int most_silence_ms = 120'000;
    auto* at = static_cast<char*>(data);
    while (size > 0) {
      pollfd waiting{pipe_, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, most_silence_ms);
      if (ready < 0 && errno == EINTR) continue;
      const ssize_t got = ready > 0 ? ::read(pipe_, at, size) : 0;
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      at += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  pid_t process_;
  int pipe_;
};

/// Believes the copy no more than the file: it may have been damaged while it ran.
class Receiver {
 public:
  Receiver(const std::filesystem::path& path, Copy& copy, std::uint64_t file_size)
      : path_(path), copy_(copy), budget_(path, file_size) {}

  std::vector<NamedArray> receive() {
    std::vector<NamedArray> arrays;
    for (;;) {
      const auto message = static_cast<Message>(number(static_cast<std::uint64_t>(Message::end)));
      if (message == Message::end) return arrays;
      if (message == Message::error) {
        const auto code = static_cast<ErrorCode>(number(static_cast<int>(ErrorCode::cancelled)));
        throw Error(code, text());
      }
      arrays.push_back(array());
    }
  }

 private:
  void bytes(void* data, std::size_t size) {
    if (!copy_.bytes(data, size))
      damaged_file(path_, "the file is damaged: its library broke down on it");
  }
  std::uint64_t number(std::uint64_t most) {
    std::uint64_t value = 0;
    bytes(&value, sizeof value);
    if (value > most) damaged_file(path_, "the file is damaged: its library went astray on it");
    return value;
  }
  std::string text() {
    std::string value(number(longest_text), '\0');
    bytes(value.data(), value.size());
    return value;
  }
  NamedArray array() {
    NamedArray array;
    array.name = text();
    array.dtype = text();
    array.shape.resize(number(most_dimensions));
    for (std::int64_t& extent : array.shape)
      extent = static_cast<std::int64_t>(number(std::numeric_limits<std::int64_t>::max()));
    array.values.resize(budget_.take(array.shape, array.name));
    bytes(array.values.data(), array.values.size() * sizeof(float));
    return array;
  }

  const std::filesystem::path& path_;
  Copy& copy_;
  MemoryBudget budget_;
};

}  // namespace

std::vector<NamedArray> read_isolated(const std::filesystem::path& path,
                                      const std::function<void(const ArraySink&)>& read) {
  const std::uint64_t file_size = InputFile(path).size();
  const auto refused = [] {
    throw Error(ErrorCode::io,
                std::string("the system gives no second process: ") + std::strerror(errno));
  };
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) refused();
  const pid_t process = ::fork();
  if (process == 0) run_copy(ends[1], file_size, read);
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    refused();
  }
  Copy copy(process, ends[0]);
  return Receiver(path, copy, file_size).receive();
}

}  // namespace faceshot
