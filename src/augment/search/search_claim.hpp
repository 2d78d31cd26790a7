// Decides which worker does which piece of work, for any number of processes on any machines that
// share a folder.
//
// A claim is a file that exactly one worker can create (support::write_file_once): NAME.1. The
// claims of a dead worker are never removed, because a second worker could remove what a third has
// just created: a successor creates the next one, NAME.2, and so on. The last one counts.
//
// A worker is dead if it was on this machine and its process is gone, or if the modification time
// of its claim, which a live worker renews every few seconds, has not changed for long by this
// process's own clock: clocks of different machines are not compared. Only time during which this
// process looked regularly counts: a process that was itself suspended knows nothing about others.
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
  /// Much longer than that: shared folders may show changes a minute late.
  std::chrono::milliseconds stale{240000};
};

/// Work that belongs to this process. Renews the claim on a thread of its own.
class Claim {
 public:
  Claim(std::filesystem::path file, std::string content, int generation, int failures,
        std::chrono::milliseconds heartbeat);
  ~Claim();  ///< gives the work up, unless it is finished
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  /// How many workers have claimed the work, including this one.
  [[nodiscard]] int generation() const noexcept { return generation_; }
  /// How many of them have failed.
  [[nodiscard]] int failures() const noexcept { return failures_; }

  /// The work is done and its result written: nobody needs to do it again.
  void finish();
  /// The work failed; another worker may try. @param why one line
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

/// The claims of a folder, as seen by one worker. Not thread safe.
class ClaimBoard {
 public:
  /// @param worker its name for users
  ClaimBoard(std::filesystem::path folder, std::string worker, ClaimTimes times = {});

  /// @param name of the work, without '.'
  /// @return null: a live worker has it, or it is finished
  /// @throws Error(io)
  [[nodiscard]] std::unique_ptr<Claim> take(const std::string& name);

 private:
  [[nodiscard]] bool dead(const std::filesystem::path& file, const std::string& content);

  std::filesystem::path folder_;
  std::string worker_;
  ClaimTimes times_;
  struct Seen {
    std::string time;                            ///< of modification
    std::chrono::nanoseconds still{0};           ///< how long it has not changed
    std::chrono::steady_clock::time_point last;  ///< when it was last checked
  };
  std::map<std::string, Seen> seen_;  ///< claims of others
};

}  // namespace faceshot::augment::search
