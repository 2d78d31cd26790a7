// Threads that serve streams, each stream by one at a time, in fair shares.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace faceshot::video {

class StreamWorkers {
 public:
  /// Serves a stream: takes its newest frame and does what there is to do.
  /// @return whether there is more to do at once
  using Serve = std::function<bool(std::size_t stream)>;
  /// Seconds of processor time that the calling thread has used.
  using ProcessorClock = std::function<double()>;

  /// @param streams how many @param threads > 0
  /// @param serve called for distinct streams at once, for one never twice at once; what it throws
  ///        ends all work, and comes out of wait()
  StreamWorkers(std::size_t streams, int threads, Serve serve, ProcessorClock clock);
  ~StreamWorkers();  ///< stop(), and waits for the threads
  StreamWorkers(const StreamWorkers&) = delete;
  StreamWorkers& operator=(const StreamWorkers&) = delete;

  /// There is something to do for it. Thread safe, does not block for long.
  void notify(std::size_t stream);
  /// Processor time that was used for it elsewhere (its decoder's thread). Thread safe.
  void charge(std::size_t stream, double seconds);
  /// Seconds of processor time charged so far. Thread safe.
  [[nodiscard]] double used(std::size_t stream) const;
  /// Seconds of all threads in serve(), by the wall clock. Thread safe.
  [[nodiscard]] double busy_seconds() const;

  /// Waits for what is under way, and for the threads. @throws what serve() threw first
  void stop();
  /// True once serve() has thrown. Thread safe.
  [[nodiscard]] bool failed() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
