// Threads supplied by the host application, instead of FaceShot's own.
#pragma once

#include <cstddef>
#include <functional>

namespace faceshot {
inline namespace v0_1 {

/// Distributes work over threads: implemented by applications that have their own thread pool
/// (examples/own_threads). Passed in SessionOptions::runner or DetectorOptions::runner; without one
/// FaceShot uses its own threads, which all detectors of a process share.
class ParallelRunner {
 public:
  virtual ~ParallelRunner() = default;

  /// Calls `body(piece, worker)` once for every piece in [0, count), in any order, and returns when
  /// all calls have returned; what they wrote is then seen by the caller.
  /// @param count   pieces, >= 1; usually more than workers, so that a slow thread gets fewer
  /// @param workers >= 1. `worker` is in [0, workers), and no two calls that overlap have the same
  /// @param body    does not throw, and may be called from any thread, including the caller's.
  /// Lives until run() returns
  /// FaceShot calls run() from several threads at once where the application does so with its
  /// detectors, and from within a body where detectors are used in one.
  virtual void run(std::size_t count, int workers,
                   const std::function<void(std::size_t piece, int worker)>& body) = 0;

 protected:
  ParallelRunner() = default;
  ParallelRunner(const ParallelRunner&) = default;
  ParallelRunner& operator=(const ParallelRunner&) = default;
};

}  // namespace v0_1
}  // namespace faceshot
