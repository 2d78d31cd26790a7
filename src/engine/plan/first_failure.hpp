// What becomes of exceptions on threads that nobody could catch them on.
#pragma once

#include <atomic>
#include <exception>
#include <utility>

namespace faceshot::engine {

/// Keeps the first exception that any of several threads meets, for the thread that waits for them.
class FirstFailure {
 public:
  /// Calls the body, on any thread. Its exception is kept if it is the first.
  template <class Body>
  void guard(const Body& body) noexcept {
    try {
      body();
    } catch (...) {
      if (!failed_.exchange(true, std::memory_order_acq_rel)) first_ = std::current_exception();
    }
  }

  /// Whether a body has failed since the last rethrow().
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_relaxed); }

  /// Throws what was kept, if anything was, and forgets it. Called when all bodies have returned.
  void rethrow() {
    if (failed_.exchange(false)) std::rethrow_exception(std::exchange(first_, nullptr));
  }

 private:
  std::atomic<bool> failed_ = false;
  std::exception_ptr first_;
};

}  // namespace faceshot::engine
