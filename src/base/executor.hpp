// FaceShot's threads. Loops and tasks are distributed over them piece by piece. Code that blocks
// uses a WaitingThread (waiting_thread.hpp); nothing else creates threads (tests/rules checks).
//
// A loop ends when its pieces are done; it never waits for a thread that has not been scheduled
// yet. (An OpenMP parallel region ends only after each of its threads has been there: beside a
// program that keeps one processor busy, every region lasts until the scheduler runs its last
// thread.)
//
//     parallel_for(count, threads, body)      parallel.hpp: one loop
//     Executor::shared().run(stages, threads) loops one after the other, without a pause between
//     TaskGroup                               tasks that are added over time
//     work_in_order(...)                      in_order.hpp: results in order, on a TaskGroup
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "faceshot/parallel_runner.hpp"

namespace faceshot::base {

/// Processes one piece of a loop. `worker` identifies the thread: 0 is the caller's, the others are
/// 1 to threads - 1.
using Body = std::function<void(std::size_t piece, int worker)>;

/// A loop.
struct Stage {
  std::size_t pieces = 1;
  Body body;
};

/// Any number of callers may use it at once, and bodies may run loops themselves.
class Executor {
 public:
  /// The process's executor. It is never destroyed: its threads sleep until the process ends.
  [[nodiscard]] static Executor& shared();

  /// Runs the stages one after the other, the pieces of each on up to `threads` threads, one of
  /// which is the caller's. A stage sees everything that the stages before it wrote. Pieces start
  /// in order. With one thread (or fewer), everything runs on the caller's. The first exception
  /// that a body throws is rethrown once no body is running any more; pieces that had not started
  /// are skipped.
  ///
  /// Threads are created on demand and kept. If some cannot be created, or are not scheduled, the
  /// others do the work. Loops inside a body make do with the threads that exist.
  /// Allocates nothing once the largest number of concurrent loops has been reached.
  void run(std::span<const Stage> stages, int threads);

 private:
  friend class TaskGroup;
  class Job;
  class Loop;

  Executor();
  void work();
  void make_threads();
  /// Tells threads that there is work. @pre mutex_ is held @return number of sleepers to wake
  [[nodiscard]] std::size_t announce();
  void wake(std::size_t sleepers);
  /// A job that can use another thread; null if there is none. @pre mutex_ is held
  [[nodiscard]] Job* joinable() const;
  [[nodiscard]] Loop& unused_loop();
  void remove(const Job& job);

  std::mutex mutex_;                          ///< guards everything but `published_`
  std::vector<Job*> jobs_;                    ///< those that may have work
  std::vector<std::unique_ptr<Loop>> loops_;  ///< reused
  std::size_t threads_ = 0;                   ///< created so far
  std::size_t asleep_ = 0;                    ///< of those, waiting for `published_` to change
  std::size_t spinning_ = 0;                  ///< likewise, but awake
  std::atomic<std::uint32_t> published_{0};   ///< incremented whenever there is new work
};

/// Runs the stages as Executor::run() does, on the host's threads if `runner` is not null.
/// @param runner see faceshot/parallel_runner.hpp; stages of one piece run on the caller's thread
void run_stages(std::span<const Stage> stages, int threads, ParallelRunner* runner);

/// Tasks that are added over time and started in that order. A task may add others, but must not
/// wait for one. Thread safe.
class TaskGroup {
 public:
  /// `worker`, in [0, threads), differs between tasks that run at the same time. Must not throw.
  using Task = std::function<void(int worker)>;

  /// @param threads >= 1: the maximum number of tasks at once. Works without threads that cannot be
  /// created: see help()
  explicit TaskGroup(int threads);
  /// Drops tasks that have not started, and waits for those that have.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void add(Task task);

  /// Runs a task on the caller's thread if one is pending and none is running. Call this before
  /// waiting for a task. @return false if there is nothing to do, or if other threads are running
  /// tasks and will run all of them
  bool help();

 private:
  class Queue;
  std::unique_ptr<Queue> queue_;
};

}  // namespace faceshot::base
