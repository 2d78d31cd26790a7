// A flag that ends waits in other threads: those of libav, poll() and pauses.
#pragma once

#include <atomic>

namespace faceshot::video {

/// Thread safe.
class Interrupt {
 public:
  /// @throws Error(resource_exhausted) if no descriptor is left
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise() noexcept;
  void clear() noexcept;
  [[nodiscard]] bool raised() const noexcept { return raised_.load(std::memory_order_relaxed); }

  /// Waits until it is raised, or `seconds` have passed. @return whether it is raised
  bool wait(double seconds) const noexcept;
  /// Waits until the file is readable, it is raised, or `seconds` have passed.
  /// @return whether the file is readable (or has an error to report)
  bool wait_readable(int file, double seconds) const noexcept;

 private:
  std::atomic<bool> raised_{false};
  int event_ = -1;  ///< readable while raised
};

}  // namespace faceshot::video
