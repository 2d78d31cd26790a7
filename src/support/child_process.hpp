// Another program, run as a child of this one.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace faceshot::support {

struct ChildCommand {
  /// The program (found on the PATH if it has no '/') and its arguments; at least the program.
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment{};  ///< added to this process's
  std::filesystem::path output;                      ///< receives stdout and stderr, appended
  std::filesystem::path directory{};  ///< its working directory; empty: this process's
};

/// How a child ended.
struct ChildEnd {
  int exit_code = 0;  ///< if it exited by itself
  int signal = 0;     ///< that killed it; 0: none
};

/// A child process in a process group of its own, so that Ctrl-C at the terminal does not reach it.
/// It is killed when the thread that started it ends, for whatever reason (Linux'
/// PR_SET_PDEATHSIG): a killed parent leaves nothing running. Not thread safe.
class ChildProcess {
 public:
  /// @throws Error(not_found) if there is no such program; Error(io) if the output file cannot be
  ///         opened or the directory entered; Error(resource_exhausted) if the system cannot create
  ///         a process
  explicit ChildProcess(const ChildCommand& command);
  ~ChildProcess();  ///< ends it, as end() without patience
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] int id() const noexcept { return process_; }

  /// Waits at most this long. @return whether it has ended; how() then says how
  [[nodiscard]] bool wait(std::chrono::milliseconds patience);
  /// @pre it has ended
  [[nodiscard]] ChildEnd how() const noexcept { return how_; }

  /// Asks its whole group to end (SIGTERM), and kills what is still running after `patience`.
  void end(std::chrono::milliseconds patience);

 private:
  int process_ = -1;
  bool ended_ = false;
  ChildEnd how_;
};

}  // namespace faceshot::support
