// Who does which piece of work, where any number of processes on any machines share a folder.
//
// A claim is a file that exactly one worker can make (support::write_file_once): NAME.1. The claims
// of a dead worker are never removed, since a second could remove what a third has just made: who
// takes over makes the next, NAME.2, and so on. The last one counts.
//
// A worker is dead if it was on this machine and its process is gone, or if its claim's time of
// change, which a living one renews every few seconds, has stood still for long as seen by this
// process' own clock: clocks of machines are not compared. Only time counts in which this process
// looked again and again: one that was itself asleep knows nothing of others.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/waiting_thread.hpp"

namespace faceshot::augment::search {

struct ClaimTimes {
  std::chrono::milliseconds heartbeat{10000};
  /// Much more than that: shared folders may show changes a minute late.
  std::chrono::milliseconds stale{240000};
};

/// Work that is this process'. Renews the claim on a thread of its own.
class Claim {
 public:
  Claim(std::filesystem::path file, std::string content, int generation, int failures,
        std::chrono::milliseconds heartbeat);
  ~Claim();  ///< gives the work back, unless it is finished
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  /// How many workers have claimed the work, this one too.
  [[nodiscard]] int generation() const noexcept { return generation_; }
  /// How many of them have failed.
  [[nodiscard]] int failures() const noexcept { return failures_; }

  /// The work is done, its result is written: nobody needs to do it again.
  void finish();
  /// It went wrong; another may try. @param why one line
  void fail(const std::string& why);

 private:
  void end(const std::string& state);

  std::filesystem::path file_;
  std::string content_;
  int generation_, failures_;
  bool ended_ = false;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  base::WaitingThread renewing_;
};

/// The claims of a folder, as one worker sees them. Not thread safe.
class ClaimBoard {
 public:
  /// @param worker names it to people
  ClaimBoard(std::filesystem::path folder, std::string worker, ClaimTimes times = {});

  /// @param name of the work, without '.'
  /// @return nothing: somebody alive has it, or it is finished
  /// @throws Error(io)
  [[nodiscard]] std::unique_ptr<Claim> take(const std::string& name);

 private:
  [[nodiscard]] bool dead(const std::filesystem::path& file, const std::string& content);

  std::filesystem::path folder_;
  std::string worker_;
  ClaimTimes times_;
  struct Seen {
    std::string time;                            ///< of change
    std::chrono::nanoseconds still{0};           ///< so long it has been this
    std::chrono::steady_clock::time_point last;  ///< when it was looked at
  };
  std::map<std::string, Seen> seen_;  ///< claims that others hold
};

}  // namespace faceshot::augment::search
