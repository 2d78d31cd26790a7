#include "support/sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::support {
namespace {

using Clock = std::chrono::steady_clock;

/// A message in the pipe: this header, followed by as many bytes.
struct Frame {
  enum class Kind : std::uint32_t { data, error, end } kind = Kind::end;
  std::uint32_t code = 0;  ///< of an error, whose message follows
  std::uint32_t size = 0;
};
constexpr std::size_t largest_frame = 65536;

// --- the copy ------------------------------------------------------------------------------------

/// Writable memory of this process in bytes, as counted by RLIMIT_DATA.
std::uint64_t data_bytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t pages = 0;
  for (int field = 0; field < 6; ++field) in >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit(decltype(RLIMIT_CPU) resource, std::uint64_t value) {
  const rlimit both{value, value};
  ::setrlimit(resource, &both);
}

/// From now on a crash is silent, leaves no core file, and ends only this process.
void confine_this_process(std::uint64_t file_size, std::chrono::seconds processor) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTERM, SIGXCPU})
    ::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, static_cast<std::uint64_t>(processor.count()));
  limit(RLIMIT_DATA, data_bytes() + (std::uint64_t{1} << 30) + file_size * 128);
}

class PipeWriter : public SandboxWriter {
 public:
  explicit PipeWriter(int pipe) : pipe_(pipe) {}

  void write(const void* data, std::size_t size) override {
    const auto* const bytes = static_cast<const char*>(data);
    for (std::size_t at = 0; at < size;) {
      const std::size_t part = std::min(size - at, largest_frame - buffer_.size());
      buffer_.insert(buffer_.end(), bytes + at, bytes + at + part);
      at += part;
      if (buffer_.size() == largest_frame) flush();
    }
  }
  void end() {
    flush();
    send({Frame::Kind::end, 0, 0}, nullptr);
  }
  void error(const Error& e) {
    const std::string_view message = e.what();
    const std::size_t size = std::min(message.size(), largest_frame);
    flush();
    send({Frame::Kind::error, static_cast<std::uint32_t>(e.code()),
          static_cast<std::uint32_t>(size)},
         message.data());
  }

 private:
  void flush() {
    if (!buffer_.empty())
      send({Frame::Kind::data, 0, static_cast<std::uint32_t>(buffer_.size())}, buffer_.data());
    buffer_.clear();
  }
  void send(const Frame& frame, const char* bytes) const {
    put(&frame, sizeof frame);
    put(bytes, frame.size);
  }
  void put(const void* data, std::size_t size) const {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::write(pipe_, at, size);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) ::_exit(1);  // nobody is listening any more
      at += written;
      size -= static_cast<std::size_t>(written);
    }
  }

  int pipe_;
  std::vector<char> buffer_;
};

[[noreturn]] void run_copy(int pipe, std::uint64_t file_size, std::chrono::seconds processor,
                           const std::function<void(SandboxWriter&)>& work) {
  confine_this_process(file_size, processor);
  try {
    PipeWriter out(pipe);
    try {
      work(out);
      out.end();
    } catch (const Error& e) {
      out.error(e);
    }
  } catch (...) {  // out of memory: the file claims too much
    ::_exit(1);
  }
  ::_exit(0);  // without the destructors and handlers of the original process
}

// --- the process that waits ----------------------------------------------------------------------

/// A file descriptor, or -1.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// The copy, which does not outlive this object.
class Copy {
 public:
  Copy(pid_t process, int pipe)
      : process_(process),
        pipe_(pipe),
        life_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))) {}
  ~Copy() {
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  enum class Answer { bytes, none, late };

  /// @return none if the copy has died before writing that much
  Answer read(void* data, std::size_t size, Clock::time_point deadline) const {
    auto* at = static_cast<char*>(data);
    while (size > 0) {
      const Answer answer = wait(deadline);
      if (answer != Answer::bytes) return answer;
      const ssize_t got = ::read(pipe_.get(), at, size);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return Answer::none;
      at += got;
      size -= static_cast<std::size_t>(got);
    }
    return Answer::bytes;
  }

 private:
  /// End of file in the pipe is not a reliable sign that the copy has died: a process forked in the
  /// meantime, here or there, may hold it open.
  [[nodiscard]] Answer wait(Clock::time_point deadline) const {
    for (;;) {
      pollfd waiting[2] = {{pipe_.get(), POLLIN, 0}, {life_.get(), POLLIN, 0}};
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) return Answer::late;
      constexpr std::int64_t longest = 1'000'000;
      const int ready = ::poll(waiting, life_.get() >= 0 ? 2 : 1,
                               static_cast<int>(std::min<std::int64_t>(left, longest)));
      if (ready <= 0) continue;  // a signal, or the time is up
      if (waiting[0].revents != 0) return Answer::bytes;
      // It is dead, and everything that it wrote was already in the pipe.
      return ::poll(waiting, 1, 0) > 0 ? Answer::bytes : Answer::none;
    }
  }

  pid_t process_;
  Descriptor pipe_, life_;
};

class PipeReader : public SandboxReader {
 public:
  PipeReader(const std::filesystem::path& file, const Copy& copy, std::chrono::seconds all)
      : file_(file), copy_(copy), all_(all), deadline_(Clock::now() + all) {}

  void read(void* data, std::size_t size) override {
    auto* to = static_cast<char*>(data);
    while (size > 0) {
      if (at_ == buffer_.size() && !next_frame()) astray();
      const std::size_t part = std::min(size, buffer_.size() - at_);
      std::memcpy(to, buffer_.data() + at_, part);
      to += part;
      at_ += part;
      size -= part;
    }
  }

  /// Waits for the end of the work.
  void finish() {
    if (at_ != buffer_.size() || next_frame()) astray();
  }

 private:
  /// Reads the next message; false at the end.
  bool next_frame() {
    Frame frame;
    take(&frame, sizeof frame);
    if (frame.size > largest_frame) astray();
    buffer_.resize(frame.size);
    at_ = 0;
    take(buffer_.data(), buffer_.size());
    switch (frame.kind) {
      case Frame::Kind::data:
        if (frame.size == 0) astray();
        return true;
      case Frame::Kind::error:
        if (frame.code > static_cast<std::uint32_t>(last_error_code)) astray();
        throw Error(static_cast<ErrorCode>(frame.code), {buffer_.begin(), buffer_.end()});
      case Frame::Kind::end:
        if (frame.size != 0) astray();
        return false;
    }
    astray();
  }
  void take(void* data, std::size_t size) {
    switch (copy_.read(data, size, deadline_)) {
      case Copy::Answer::bytes:
        return;
      case Copy::Answer::none:
        fail("is damaged: the library that reads it crashed");
      case Copy::Answer::late:
        fail("is damaged, or the machine is too busy: reading it did not finish within " +
             std::to_string(all_.count()) + " s");
    }
  }
  [[noreturn]] void astray() const {
    fail("is damaged: the library that reads it returned invalid data");
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, "'" + file_.string() + "' " + what);
  }

  const std::filesystem::path& file_;
  const Copy& copy_;
  std::chrono::seconds all_;
  Clock::time_point deadline_;
  std::string buffer_;
  std::size_t at_ = 0;
};

[[noreturn]] void refused(int reason) {
  throw Error(ErrorCode::resource_exhausted,
              std::string("cannot start a second process: ") + std::strerror(reason));
}

}  // namespace

void run_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void(SandboxWriter&)>& work,
                    const std::function<void(SandboxReader&)>& receive) {
  std::error_code missing;
  const std::uintmax_t file_size = std::filesystem::file_size(file, missing);
  if (missing)
    throw Error(ErrorCode::not_found,
                "'" + file.string() + "' cannot be read: " + missing.message());
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) refused(errno);
  const pid_t process = ::fork();
  const int reason = errno;
  if (process == 0) run_copy(ends[1], file_size, limits.processor, work);
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    refused(reason);
  }
  const Copy copy(process, ends[0]);
  PipeReader reader(file, copy, limits.all);
  receive(reader);
  reader.finish();
}

void try_in_sandbox(const std::filesystem::path& file, const SandboxLimits& limits,
                    const std::function<void()>& work) {
  run_in_sandbox(
      file, limits, [&](SandboxWriter&) { work(); }, [](SandboxReader&) {});
}

}  // namespace faceshot::support
