#include "engine/worker_pool.hpp"

namespace faceshot::engine {
namespace {

/// Looks at `value` until it is no longer `old`: for a while, in which others may have the core,
/// and then asleep. Waking up takes longer than most layers.
std::uint32_t changed(const std::atomic<std::uint32_t>& value, std::uint32_t old, int patience) {
  for (int look = 0; look < patience; ++look) {
    if (const auto now = value.load(std::memory_order_acquire); now != old) return now;
    constexpr int alone = 1000;  // some ten microseconds
    if (look >= alone) std::this_thread::yield();
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

// For the next layer, as long as another thread may still work on this one: some 200 microseconds.
// For the others' parts of a layer, which are being worked on: milliseconds.
constexpr int patience_for_work = 1500, patience_for_others = 20000;

}  // namespace

WorkerPool::WorkerPool(int threads) {
  for (int part = 1; part < threads; ++part) workers_.emplace_back([this, part] { work(part); });
}

WorkerPool::~WorkerPool() {
  ends_ = true;
  call_.fetch_add(1, std::memory_order_release);
  call_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void WorkerPool::run(Function function, const void* context) {
  function_ = function;
  context_ = context;
  working_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  call_.fetch_add(1, std::memory_order_release);
  call_.notify_all();
  function(context, 0);
  for (auto left = working_.load(std::memory_order_acquire); left != 0;)
    left = changed(working_, left, patience_for_others);
}

void WorkerPool::work(int part) {
  std::uint32_t call = 0;
  while (true) {
    call = changed(call_, call, patience_for_work);
    if (ends_) return;
    function_(context_, part);
    if (working_.fetch_sub(1, std::memory_order_release) == 1) working_.notify_one();
  }
}

}  // namespace faceshot::engine
