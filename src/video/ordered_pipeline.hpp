// Decoding, looking and encoding at once, in order, with a bounded number of frames on the way.
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

namespace faceshot::video {

/// For each item that `next(item)` gives, until it returns false: `work(item, worker)` on one of
/// `threads` threads, and `take(item)` on the caller's thread, in order. `next` has a thread of its
/// own, and is called on no other. At most 2 * threads + 2 items are on the way. With one thread
/// everything happens on the caller's, one item after the other.
/// @param work for distinct `worker` (from 0, below `threads`) at once
/// @throws what the three threw first, in the order of items; items before it were taken
template <class Item, class Next, class Work, class Take>
void run_in_order(int threads, const Next& next, const Work& work, const Take& take) {
  if (threads <= 1) {
    for (Item item; next(item);) {
      work(item, 0);
      take(item);
      item = Item();
    }
    return;
  }
  struct Slot {
    Item item;
    bool worked = false;
    std::exception_ptr failure;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Slot> slots;  // nodes stay where they are
  std::size_t read = 0, begun = 0, taken = 0;
  bool ended = false, stopped = false;
  const std::size_t most = 2 * static_cast<std::size_t>(threads) + 2;

  const auto read_all = [&] {
    for (;;) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stopped || read < taken + most; });
        if (stopped) return;
      }
      Slot slot;
      bool more = true;
      try {
        more = next(slot.item);
      } catch (...) {
        slot.failure = std::current_exception();
        slot.worked = true;
      }
      const std::lock_guard lock(mutex);
      const bool failed = slot.failure != nullptr;
      if (more) slots.emplace(read++, std::move(slot));
      if (!more || failed) ended = true;
      changed.notify_all();
      if (ended) return;
    }
  };
  const auto work_on = [&](int worker) {
    for (;;) {
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stopped || begun < read || (ended && begun == read); });
        if (stopped || begun == read) return;
        slot = &slots.at(begun++);
        if (slot->worked) continue;
      }
      try {
        work(slot->item, worker);
      } catch (...) {
        slot->failure = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      slot->worked = true;
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
    workers.emplace_back(read_all);
    for (int w = 0; w < threads; ++w) workers.emplace_back(work_on, w);
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] {
        const auto first = slots.find(taken);
        return (ended && taken == read) || (first != slots.end() && first->second.worked);
      });
      if (taken == read) break;
      auto node = slots.extract(taken);
      lock.unlock();
      if (node.mapped().failure) std::rethrow_exception(node.mapped().failure);
      take(node.mapped().item);
      node = {};  // the frame goes back to its decoder
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

}  // namespace faceshot::video
