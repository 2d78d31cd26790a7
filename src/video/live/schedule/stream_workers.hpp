// Threads that serve streams in fair shares; each stream is served by one thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace faceshot::video {

class StreamWorkers {
 public:
  /// Serves a stream: processes its newest frame.
  /// @return whether there is more to do immediately
  using Serve = std::function<bool(std::size_t stream)>;
  /// Seconds of processor time that the calling thread has used.
  using ProcessorClock = std::function<double()>;

  /// @param streams their number @param threads > 0
  /// @param serve called concurrently for distinct streams, never for the same one; an exception
  /// ends
  ///        all work, and is rethrown by wait()
  StreamWorkers(std::size_t streams, int threads, Serve serve, ProcessorClock clock);
  ~StreamWorkers();  ///< stop(), and waits for the threads
  StreamWorkers(const StreamWorkers&) = delete;
  StreamWorkers& operator=(const StreamWorkers&) = delete;

  /// The stream has work. Thread safe, returns quickly.
  void notify(std::size_t stream);
  /// Adds processor time used for it elsewhere (on its decoder's thread). Thread safe.
  void charge(std::size_t stream, double seconds);
  /// Seconds of processor time charged so far. Thread safe.
  [[nodiscard]] double used(std::size_t stream) const;
  /// Wall-clock seconds of all threads in serve(). Thread safe.
  [[nodiscard]] double busy_seconds() const;

  /// Waits for work in progress and for the threads. @throws the first exception of serve()
  void stop();
  /// True once serve() has thrown. Thread safe.
  [[nodiscard]] bool failed() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
