// Work shared out over threads, its results in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace faceshot::base {

/// Calls `work(i)` for every i in [0, count) on `threads` threads, and `take(i, result)` on the
/// caller's thread, in the order of i. At most two results a thread wait to be taken, so that
/// memory stays flat however many there are. With one thread everything happens on the caller's.
/// @param work thread safe; @param take may throw: what is under way is finished, nothing new begun
/// @throws what `work` or `take` threw first, in the order of i
template <class Work, class Take>
void work_in_order(std::size_t count, int threads, const Work& work, const Take& take) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) take(i, work(i));
    return;
  }
  using Result = decltype(work(std::size_t{}));
  struct Outcome {
    std::vector<Result> result;  // none or one
    std::exception_ptr failure;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Outcome> waiting;
  std::size_t begun = 0;
  std::size_t taken = 0;
  bool stopped = false;
  const std::size_t ahead = 2 * static_cast<std::size_t>(threads);

  const auto run = [&] {
    for (;;) {
      std::size_t i = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stopped || begun == count || begun < taken + ahead; });
        if (stopped || begun == count) return;
        i = begun++;
      }
      Outcome outcome;
      try {
        outcome.result.push_back(work(i));
      } catch (...) {
        outcome.failure = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      waiting.emplace(i, std::move(outcome));
      changed.notify_all();
    }
  };
  std::vector<std::jthread> workers;
  const auto stop = [&] {
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
  };
  try {
    for (int t = 0; t < threads && static_cast<std::size_t>(t) < count; ++t)
      workers.emplace_back(run);
    for (; taken < count;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return waiting.contains(taken); });
      auto node = waiting.extract(taken);
      lock.unlock();
      if (node.mapped().failure) std::rethrow_exception(node.mapped().failure);
      take(node.key(), std::move(node.mapped().result.front()));
      lock.lock();
      ++taken;
      changed.notify_all();
    }
  } catch (...) {
    stop();  // before the threads are joined
    throw;
  }
  stop();
}

}  // namespace faceshot::base
