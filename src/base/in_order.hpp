// Work distributed over threads, with results in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/executor.hpp"

namespace faceshot::base {

/// Calls `work(i)` for every i in [0, count) on `threads` threads, and `take(i, result)` on the
/// caller's thread, in the order of i. At most two results per thread wait to be taken, so memory
/// use does not grow with `count`. With one thread everything happens on the caller's.
/// @param work thread safe; @param take may throw: work in progress is finished, no more is started
/// @throws the first exception of `work` or `take`, in the order of i
template <class Work, class Take>
void work_in_order(std::size_t count, int threads, const Work& work, const Take& take) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) take(i, work(i));
    return;
  }
  using Result = decltype(work(std::size_t{}));
  struct Outcome {
    std::optional<Result> result;
    std::exception_ptr failure;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Outcome> ready;
  const std::size_t ahead = 2 * static_cast<std::size_t>(threads);

  const auto do_one = [&](std::size_t i) {
    Outcome outcome;
    try {
      outcome.result.emplace(work(i));
    } catch (...) {
      outcome.failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    ready.emplace(i, std::move(outcome));
    changed.notify_one();
  };
  const auto outcome_of = [&](std::size_t i, TaskGroup& group) {
    std::unique_lock lock(mutex);
    while (!ready.contains(i)) {
      lock.unlock();
      const bool helped = group.help();
      lock.lock();
      if (!helped) changed.wait(lock, [&] { return ready.contains(i); });
    }
    return std::move(ready.extract(i).mapped());
  };
  TaskGroup group(threads);  // last: it ends before the things its tasks use
  std::size_t begun = 0;
  for (std::size_t taken = 0; taken < count; ++taken) {
    for (; begun < count && begun < taken + ahead; ++begun)
      group.add([&do_one, i = begun](int) { do_one(i); });
    Outcome outcome = outcome_of(taken, group);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    take(taken, std::move(*outcome.result));
  }
}

}  // namespace faceshot::base
