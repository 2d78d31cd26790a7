// Shared by all subcommands in the terminal: errors, exit codes, progress.
#pragma once

#include <csignal>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace faceshot::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;        ///< the work could not be done
inline constexpr int exit_usage = 2;          ///< wrong usage
inline constexpr int exit_interrupted = 130;  ///< Ctrl-C, the shells' convention

/// Ctrl-C while a Progress was shown. Unwinding removes unfinished files.
struct Interrupted {};

/// Runs `body`; turns an exception into one line on stderr and an exit code: 1, or 2 for
/// Error(invalid_argument), or 130 after Ctrl-C.
int guarded(const std::function<int()>& body);

/// Makes CLI11 report wrong usage in one line, as guarded() reports failures.
void report_usage_in_one_line(CLI::App& app);

/// True if stderr is a terminal: only then is a live line updated in place.
bool live_terminal();

/// One live line on stderr: "what 120/470  25.1/s  14 s left". Prints nothing for the first two
/// seconds; if stderr is not a terminal, prints a line every 30 seconds. While one is alive, Ctrl-C
/// makes update() throw Interrupted; a second Ctrl-C ends the program immediately.
class Progress {
 public:
  Progress(std::string what, std::size_t total);
  ~Progress();  ///< clears the live line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::size_t done);  ///< @throws Interrupted

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  std::size_t total_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  bool drawn_ = false;
  bool live_;
  struct sigaction old_handler_ {};
};

/// "1 h 05 min", "3 min 20 s", "14 s".
std::string duration_text(double seconds);

/// "1 face", "3 faces": `thing` forms its plural with an s.
std::string counted(std::size_t number, const std::string& thing);

}  // namespace faceshot::cli
