// Threads that the host application brings, instead of FaceShot's own.
#pragma once

#include <cstddef>
#include <functional>

namespace faceshot {
inline namespace v0_1 {

/// Shares work out over threads: what an application implements that has a thread pool already
/// (examples/own_threads). Given in SessionOptions::runner or DetectorOptions::runner; without one
/// FaceShot shares work out over threads of its own, which all detectors of a process have in
/// common.
class ParallelRunner {
 public:
  virtual ~ParallelRunner() = default;

  /// Calls `body(piece, worker)` once for every piece in [0, count), in any order, and returns when
  /// all calls have returned; what they wrote is then seen by the caller.
  /// @param count   pieces, >= 1; more than workers, as a rule, so that a slow thread gets fewer
  /// @param workers >= 1. `worker` is in [0, workers), and no two calls that overlap have the same
  /// @param body    does not throw, and may be called by any thread, also by the caller's. Lives
  ///                until run() returns
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
