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
  std::map<std::string, std::string> environment{};  ///< set beside what this process has
  std::filesystem::path output;       ///< what it prints on stdout and stderr goes there, appended
  std::filesystem::path directory{};  ///< it works there; empty: where this process does
};

/// How a child ended.
struct ChildEnd {
  int exit_code = 0;  ///< of one that ended by itself
  int signal = 0;     ///< that ended it; 0: none did
};

/// One child process, with a process group of its own, so that Ctrl-C at the terminal does not
/// reach it. It is killed when the thread that started it ends, however that happens (Linux'
/// PR_SET_PDEATHSIG): nothing is left running by a parent that is killed. Not thread safe.
class ChildProcess {
 public:
  /// @throws Error(not_found) if there is no such program; Error(io) if the output file cannot be
  ///         opened or the directory entered; Error(resource_exhausted) if the system has no
  ///         process
  explicit ChildProcess(const ChildCommand& command);
  ~ChildProcess();  ///< ends it, as end() with no patience
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] int id() const noexcept { return process_; }

  /// Waits so long at most. @return whether it has ended; how() then says how
  [[nodiscard]] bool wait(std::chrono::milliseconds patience);
  /// @pre it has ended
  [[nodiscard]] ChildEnd how() const noexcept { return how_; }

  /// Asks its whole group to end (SIGTERM), and kills what is still there after `patience`.
  void end(std::chrono::milliseconds patience);

 private:
  int process_ = -1;
  bool ended_ = false;
  ChildEnd how_;
};

}  // namespace faceshot::support
