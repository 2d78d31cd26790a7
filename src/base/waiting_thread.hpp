// Threads that block: on a socket, a camera, a queue on disk. Computation belongs on the Executor,
// whose threads must never block.
#pragma once

#include <functional>
#include <thread>

namespace faceshot::base {

/// Runs a function on a thread of its own; the destructor waits for it to end. Movable. Not thread
/// safe.
class WaitingThread {
 public:
  WaitingThread() = default;  ///< no thread
  /// @param run must not throw
  /// @throws Error(resource_exhausted) if the system cannot create a thread
  explicit WaitingThread(std::function<void()> run);

  [[nodiscard]] bool joinable() const noexcept { return thread_.joinable(); }
  /// Waits for the thread to end. @pre joinable()
  void join() { thread_.join(); }

 private:
  std::jthread thread_;
};

}  // namespace faceshot::base
