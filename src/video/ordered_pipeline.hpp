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

/// What run_in_order() shares among its threads.
template <class Item, class Next, class Work>
class OrderedPipeline {
 public:
  OrderedPipeline(int threads, const Next& next, const Work& work)
      : next_(next), work_(work), most_(2 * static_cast<std::size_t>(threads) + 2) {}

  /// Until there is no next item, one failed, or stop().
  void read_all() {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopped_ || read_ < taken_ + most_; });
        if (stopped_) return;
      }
      Slot slot;
      bool more = true;
      try {
        more = next_(slot.item);
      } catch (...) {
        slot.failure = std::current_exception();
        slot.worked = true;
      }
      const std::lock_guard lock(mutex_);
      ended_ = !more || slot.failure != nullptr;
      if (more) slots_.emplace(read_++, std::move(slot));
      changed_.notify_all();
      if (ended_) return;
    }
  }

  void work_on(int worker) {
    for (;;) {
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock,
                      [&] { return stopped_ || begun_ < read_ || (ended_ && begun_ == read_); });
        if (stopped_ || begun_ == read_) return;
        slot = &slots_.at(begun_++);
        if (slot->worked) continue;
      }
      try {
        work_(slot->item, worker);
      } catch (...) {
        slot->failure = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      slot->worked = true;
      changed_.notify_all();
    }
  }

  template <class Take>
  void take_all(const Take& take) {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] {
        const auto first = slots_.find(taken_);
        return (ended_ && taken_ == read_) || (first != slots_.end() && first->second.worked);
      });
      if (taken_ == read_) return;
      auto node = slots_.extract(taken_);
      lock.unlock();
      if (node.mapped().failure) std::rethrow_exception(node.mapped().failure);
      take(node.mapped().item);
      node = {};  // the frame goes back to its decoder
      lock.lock();
      ++taken_;
      changed_.notify_all();
    }
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  struct Slot {
    Item item;
    bool worked = false;
    std::exception_ptr failure;
  };

  const Next& next_;
  const Work& work_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Slot> slots_;  // nodes stay where they are
  std::size_t read_ = 0, begun_ = 0, taken_ = 0;
  bool ended_ = false, stopped_ = false;
};

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
  OrderedPipeline<Item, Next, Work> pipeline(threads, next, work);
  std::vector<std::jthread> workers;
  try {
    workers.emplace_back([&] { pipeline.read_all(); });
    for (int w = 0; w < threads; ++w) workers.emplace_back([&, w] { pipeline.work_on(w); });
    pipeline.take_all(take);
  } catch (...) {
    pipeline.stop();  // before the threads are joined
    throw;
  }
  pipeline.stop();
}

}  // namespace faceshot::video
