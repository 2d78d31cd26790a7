#include "support/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "faceshot/error.hpp"

extern char** environ;

namespace faceshot::support {
namespace {

/// Everything that the child needs between fork and exec, prepared in advance: nothing may be
/// allocated there, since another thread may have held the allocator's lock.
struct Prepared {
  std::vector<std::string> variables;
  std::vector<char*> arguments, environment;

  explicit Prepared(const ChildCommand& command) {
    for (char** at = environ; *at != nullptr; ++at) {
      const std::string text = *at;
      if (!command.environment.contains(text.substr(0, text.find('=')))) variables.push_back(text);
    }
    for (const auto& [name, value] : command.environment)
      variables.push_back(std::string(name).append("=").append(value));
    for (std::string& text : variables) environment.push_back(text.data());
    for (const std::string& text : command.arguments)
      arguments.push_back(const_cast<char*>(text.c_str()));
    environment.push_back(nullptr);
    arguments.push_back(nullptr);
  }
};

/// In the child. Writes errno to `report` if the program cannot be started.
[[noreturn]] void become(const Prepared& prepared, const char* directory, int output, int report,
                         pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent ended before it could be watched
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) ::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (*directory == '\0' || ::chdir(directory) == 0)
    ::execvpe(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  const int reason = errno;
  const ssize_t ignored = ::write(report, &reason, sizeof reason);
  ::_exit(ignored == sizeof reason ? 127 : 126);
}

}  // namespace

ChildProcess::ChildProcess(const ChildCommand& command) {
  const Prepared prepared(command);
  const int output =
      ::open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output < 0)
    throw Error(ErrorCode::io,
                "cannot write '" + command.output.string() + "': " + std::strerror(errno));
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) {
    ::close(output);
    throw Error(ErrorCode::resource_exhausted,
                std::string("cannot create a pipe: ") + std::strerror(errno));
  }
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become(prepared, command.directory.c_str(), output, report[1], parent);
  const int failed = process_ < 0 ? errno : 0;
  ::close(output);
  ::close(report[1]);
  int reason = 0;
  ssize_t got = 0;
  if (process_ > 0) {
    do got = ::read(report[0], &reason, sizeof reason);  // ends when exec closes the other end
    while (got < 0 && errno == EINTR);
  }
  ::close(report[0]);
  if (failed != 0)
    throw Error(ErrorCode::resource_exhausted,
                std::string("cannot start a process: ") + std::strerror(failed));
  if (got == sizeof reason) {
    ::waitpid(process_, nullptr, 0);
    throw Error(ErrorCode::not_found,
                "cannot start the program '" + command.arguments[0] + "'" +
                    (command.directory.empty() ? "" : " in '" + command.directory.string() + "'") +
                    ": " + std::strerror(reason));
  }
}

ChildProcess::~ChildProcess() {
  if (process_ > 0) end(std::chrono::milliseconds(0));
}

bool ChildProcess::wait(std::chrono::milliseconds patience) {
  const auto last = std::chrono::steady_clock::now() + patience;
  while (!ended_) {
    int status = 0;
    const pid_t got = ::waitpid(process_, &status, WNOHANG);
    if (got == process_ || (got < 0 && errno == ECHILD)) {
      ended_ = true;
      if (got == process_ && WIFEXITED(status)) how_.exit_code = WEXITSTATUS(status);
      if (got == process_ && WIFSIGNALED(status)) how_.signal = WTERMSIG(status);
      break;
    }
    const auto left = last - std::chrono::steady_clock::now();
    if (left <= std::chrono::milliseconds(0)) break;
    std::this_thread::sleep_for(
        std::min<std::chrono::nanoseconds>(left, std::chrono::milliseconds(5)));
  }
  return ended_;
}

void ChildProcess::end(std::chrono::milliseconds patience) {
  if (!ended_ && patience > std::chrono::milliseconds(0)) {
    ::kill(-process_, SIGTERM);
    if (wait(patience)) return;
  }
  if (!ended_) {
    ::kill(-process_, SIGKILL);
    (void)wait(std::chrono::seconds(60));
  }
}

}  // namespace faceshot::support
