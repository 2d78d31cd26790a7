#include "core/isolated_call.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

/// What the copy writes when all went well; any other first byte is an error's code.
constexpr char success = '\xff';

/// Bytes of memory that this process may write to, as RLIMIT_DATA counts them.
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

void write_all(int pipe, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(pipe, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody listens any more
    done += static_cast<std::size_t>(written);
  }
}

[[noreturn]] void run_copy(int pipe, std::uint64_t file_size, std::uint64_t seconds,
                           const std::function<void()>& call) {
  limit_this_process(file_size, seconds);
  try {
    call();
    write_all(pipe, {success});
  } catch (const Error& e) {
    write_all(pipe, static_cast<char>(e.code()) + std::string(e.what()));
  } catch (...) {  // out of memory: the file claims too much
    ::_exit(1);
  }
  ::_exit(0);  // without the destructors and handlers of the process that this is a copy of
}

/// All that the copy has to say, until it ends.
std::string read_all(int pipe) {
  std::string text;
  char part[4096];
  for (;;) {
    const ssize_t got = ::read(pipe, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part, static_cast<std::size_t>(got));
  }
}

[[noreturn]] void refused() {
  throw Error(ErrorCode::io,
              std::string("the system gives no second process: ") + std::strerror(errno));
}

}  // namespace

void limit_this_process(std::uint64_t file_size, std::uint64_t seconds) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGINT, SIGTERM})
    ::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, seconds);
  limit(RLIMIT_DATA, data_bytes() + (std::uint64_t{1} << 30) + file_size * 128);
}

void try_isolated(const std::filesystem::path& path, std::uint64_t seconds,
                  const std::function<void()>& call) {
  std::error_code missing;
  const std::uintmax_t file_size = std::filesystem::file_size(path, missing);
  if (missing)
    throw Error(ErrorCode::not_found,
                "'" + path.string() + "' cannot be read: " + missing.message());
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) refused();
  const pid_t process = ::fork();
  if (process == 0) run_copy(ends[1], file_size, seconds, call);
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    refused();
  }
  const std::string said = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (said == std::string{success}) return;
  if (said.size() < 2 || said.front() < 0 || said.front() > static_cast<char>(ErrorCode::cancelled))
    throw Error(ErrorCode::format,
                "'" + path.string() + "' is damaged: its library broke down on it");
  throw Error(static_cast<ErrorCode>(said.front()), said.substr(1));
}

}  // namespace faceshot
