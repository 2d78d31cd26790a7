// Threads that share loops out among themselves, piece by piece.
//
// A loop ends when its pieces are done; nobody waits for a thread that had no turn yet. OpenMP's
// parallel regions end when each of their threads has been there: beside a program that keeps one
// processor busy, every region then lasts until the scheduler lets the last thread have its turn.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace faceshot::base {

/// Safe for any number of callers at once, and for bodies that run loops themselves.
class Executor {
 public:
  /// The process's. It is never destroyed: threads sleep in it until the process ends.
  [[nodiscard]] static Executor& shared();

  /// As parallel_for() (faceshot/parallel.hpp). Threads are made when they are first wanted, and
  /// kept; with those that cannot be made the loop is done by the others. Loops inside a body make
  /// do with threads that are there.
  void run(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

 private:
  struct Loop;
  using LoopPointer = std::shared_ptr<Loop>;

  void publish(const LoopPointer& loop);
  void withdraw(const LoopPointer& loop);
  void make_threads();
  void work();
  /// A loop that wants another thread, and is told that it gets one; null: there is none.
  [[nodiscard]] LoopPointer join();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<LoopPointer> loops_;           ///< whose callers have not run out of pieces
  std::size_t threads_ = 0;                  ///< that were made
  std::size_t asleep_ = 0;                   ///< of them
  std::size_t spinning_ = 0;                 ///< likewise; they look at `published_`
  std::atomic<std::uint32_t> published_{0};  ///< loops so far
};

}  // namespace faceshot::base
