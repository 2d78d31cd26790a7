// Threads for one session. OpenMP's would be shared with whatever else the program does, and go on
// spinning for milliseconds after their work: two sessions with two threads each on two cores are
// then slower than in turn.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace faceshot::engine {

/// Runs a function on several threads at once, of which the caller's is one. The others look out
/// for the next call for a fraction of a millisecond, and then sleep. For one caller at a time.
class WorkerPool {
 public:
  /// @param threads 1 or more, the caller's included
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  [[nodiscard]] int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// body(part) for every part in [0, threads()), each on a thread of its own; returns when all
  /// have ended. Allocates nothing. @pre body does not throw
  template <class Body>
  void run(const Body& body) {
    run([](const void* context, int part) { (*static_cast<const Body*>(context))(part); }, &body);
  }

 private:
  using Function = void (*)(const void* context, int part);
  void run(Function function, const void* context);
  void work(int part);

  std::vector<std::thread> workers_;
  Function function_ = nullptr;
  const void* context_ = nullptr;
  bool ends_ = false;
  alignas(64) std::atomic<std::uint32_t> call_{0};     ///< counts calls
  alignas(64) std::atomic<std::uint32_t> working_{0};  ///< workers that have not ended this one
};

}  // namespace faceshot::engine
