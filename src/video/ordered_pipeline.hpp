// Decoding, detection and encoding in parallel, in order, with a bounded number of frames in
// flight.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "base/executor.hpp"

namespace faceshot::video {

/// The state that run_in_order() shares between its threads.
template <class Item, class Next, class Work>
class OrderedPipeline {
 public:
  OrderedPipeline(int threads, const Next& next, const Work& work)
      : next_(next),
        work_(work),
        most_(2 * static_cast<std::size_t>(threads) + 2),
        workers_(threads),
        reader_(1) {}

  template <class Take>
  void take_all(const Take& take) {
    read_on();
    for (;;) {
      std::unique_lock lock(mutex_);
      wait(lock);
      if (taken_ == read_) return;
      auto node = slots_.extract(taken_);
      lock.unlock();
      if (node.mapped().failure) std::rethrow_exception(node.mapped().failure);
      take(node.mapped().item);
      node = {};  // returns the frame to its decoder
      lock.lock();
      ++taken_;
      lock.unlock();
      read_on();
    }
  }

 private:
  struct Slot {
    Item item;
    bool worked = false;
    std::exception_ptr failure;
  };

  /// The next item is being processed, or there is none.
  [[nodiscard]] bool is_ready() const {
    const auto first = slots_.find(taken_);
    return (ended_ && taken_ == read_) || (first != slots_.end() && first->second.worked);
  }
  void wait(std::unique_lock<std::mutex>& lock) {
    while (!is_ready()) {
      lock.unlock();
      const bool helped = workers_.help() || reader_.help();
      lock.lock();
      if (!helped) changed_.wait(lock, [this] { return is_ready(); });
    }
  }

  /// Schedules reading of the next item, unless one is being read or enough are in flight.
  void read_on() {
    const std::lock_guard lock(mutex_);
    if (reads_ || ended_ || read_ == taken_ + most_) return;
    reads_ = true;
    reader_.add([this](int) { read(); });
  }

  void read() {
    Slot slot;
    bool more = true;
    try {
      more = next_(slot.item);
    } catch (...) {
      slot.failure = std::current_exception();
      slot.worked = true;
    }
    {
      const std::lock_guard lock(mutex_);
      reads_ = false;
      ended_ = !more || slot.failure != nullptr;
      if (more) {
        Slot& added = slots_.emplace(read_++, std::move(slot)).first->second;
        if (!added.worked) workers_.add([this, &added](int worker) { work(added, worker); });
      }
      changed_.notify_all();
    }
    read_on();
  }

  void work(Slot& slot, int worker) {
    try {
      work_(slot.item, worker);
    } catch (...) {
      slot.failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    slot.worked = true;
    changed_.notify_all();
  }

  const Next& next_;
  const Work& work_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Slot> slots_;  // nodes keep their addresses
  std::size_t read_ = 0, taken_ = 0;
  bool reads_ = false, ended_ = false;
  base::TaskGroup workers_;
  base::TaskGroup reader_;  ///< last: it ends first, since it adds tasks to the workers
};

/// For each item that `next(item)` yields, until it returns false: runs `work(item, worker)` on one
/// of `threads` threads, and `take(item)` on the caller's thread, in order. `next` is called by one
/// thread at a time, in parallel with the others. At most 2 * threads + 2 items are in flight. With
/// one thread everything happens on the caller's, one item after the other.
/// @param work runs concurrently for distinct `worker` (from 0, below `threads`)
/// @throws the first exception of the three, in the order of items; earlier items were taken
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
  OrderedPipeline<Item, Next, Work>(threads, next, work).take_all(take);
}

}  // namespace faceshot::video
