// FaceShot's threads: loops and tasks are distributed over them piece by piece. Code that blocks
// uses a WaitingThread (waiting_thread.hpp); nothing else creates threads (tests/rules checks).
//
// A loop ends when its pieces are done; nobody waits for a thread that had no turn yet. (OpenMP's
// parallel regions end when each of their threads has been there: beside a program that keeps one
// processor busy, every region then lasts until the scheduler lets the last thread have its turn.)
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

/// Does one piece of a loop. `worker` is the thread: 0 the caller's, the others 1 to threads - 1.
using Body = std::function<void(std::size_t piece, int worker)>;

/// A loop.
struct Stage {
  std::size_t pieces = 1;
  Body body;
};

/// Safe for any number of callers at once, and for bodies that run loops themselves.
class Executor {
 public:
  /// The process's. It is never destroyed: threads sleep in it until the process ends.
  [[nodiscard]] static Executor& shared();

  /// Does the stages one after the other, the pieces of each on up to `threads` threads of which
  /// the caller's is one; what one stage wrote the next sees. Pieces are begun in order. One thread
  /// (or fewer) does all on the caller's. The first exception of a body is thrown on when no body
  /// runs any more; what had not begun then is left out.
  ///
  /// Threads are made when they are first wanted, and kept; with those that cannot be made, or have
  /// no turn, the others do the work. Loops inside a body make do with threads that are there.
  /// Once as many loops have run at once as ever do, nothing is allocated.
  void run(std::span<const Stage> stages, int threads);

 private:
  friend class TaskGroup;
  class Job;
  class Loop;

  Executor();
  void work();
  void make_threads();
  /// Tells threads that there is work. @pre mutex_ is held @return sleepers to wake
  [[nodiscard]] std::size_t announce();
  void wake(std::size_t sleepers);
  /// A job that wants another thread; null: there is none. @pre mutex_ is held
  [[nodiscard]] Job* joinable() const;
  [[nodiscard]] Loop& unused_loop();
  void remove(const Job& job);

  std::mutex mutex_;                          ///< guards all but `published_`
  std::vector<Job*> jobs_;                    ///< that may have work
  std::vector<std::unique_ptr<Loop>> loops_;  ///< to be used again and again
  std::size_t threads_ = 0;                   ///< that were made
  std::size_t asleep_ = 0;                    ///< of them, until `published_` changes
  std::size_t spinning_ = 0;                  ///< likewise, awake
  std::atomic<std::uint32_t> published_{0};   ///< counts what there was to do so far
};

/// Does the stages as Executor::run(), on the host's threads where `runner` is not null.
/// @param runner see faceshot/parallel_runner.hpp; stages of one piece are the caller's
void run_stages(std::span<const Stage> stages, int threads, ParallelRunner* runner);

/// Tasks that are added over time, begun in the order in which they were. A task may add others,
/// and must not wait for one. Safe to be used by many threads at once.
class TaskGroup {
 public:
  /// `worker`, in [0, threads), is different for tasks that run at once. Must not throw.
  using Task = std::function<void(int worker)>;

  /// @param threads >= 1: at most so many tasks at once. Threads that cannot be made are done
  /// without: see help()
  explicit TaskGroup(int threads);
  /// Drops the tasks that have not begun, and waits for those that have.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void add(Task task);

  /// Does a task on the caller's thread if there is one and none is being done: to be called before
  /// waiting for one. @return false: there is nothing to do, or others are at it and will do all
  bool help();

 private:
  class Queue;
  std::unique_ptr<Queue> queue_;
};

}  // namespace faceshot::base
