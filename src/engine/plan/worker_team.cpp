#include "engine/plan/worker_team.hpp"

#include <cassert>
#include <chrono>
#include <exception>
#include <string>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

/// Longer than parts of a layer differ at 640x480, and far shorter than a turn of the scheduler.
constexpr auto spinning = std::chrono::microseconds(50);
constexpr int looks_a_clock = 64;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Waits until the counter is another.
void wait_for_change(const std::atomic<std::uint32_t>& counter, std::uint32_t seen) {
  const auto start = std::chrono::steady_clock::now();
  do {
    for (int look = 0; look < looks_a_clock; ++look) {
      if (counter.load(std::memory_order_acquire) != seen) return;
      relax();
    }
  } while (std::chrono::steady_clock::now() - start < spinning);
  counter.wait(seen, std::memory_order_acquire);
}

}  // namespace

WorkerTeam::WorkerTeam(int threads) : threads_(static_cast<std::uint32_t>(threads)) {
  assert(threads >= 1);
  workers_.reserve(threads_ - 1);
  try {
    for (int part = 1; part < threads; ++part) workers_.emplace_back([this, part] { work(part); });
  } catch (const std::exception& e) {
    stop();  // those that were made wait for work
    throw Error(ErrorCode::resource_exhausted,
                "the system gives " + std::to_string(workers_.size() + 1) + " of " +
                    std::to_string(threads) + " threads; ask for fewer: " + e.what());
  }
}

WorkerTeam::~WorkerTeam() { stop(); }

void WorkerTeam::stop() {
  ends_ = true;
  ++runs_;
  runs_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void WorkerTeam::run(const std::function<void(int)>& body) {
  body_ = &body;
  runs_.fetch_add(1, std::memory_order_release);
  runs_.notify_all();
  body(0);
  barrier();
}

void WorkerTeam::barrier() {
  const std::uint32_t seen = barriers_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    barriers_.fetch_add(1, std::memory_order_release);
    barriers_.notify_all();
  } else {
    wait_for_change(barriers_, seen);
  }
}

void WorkerTeam::work(int part) {
  for (std::uint32_t run = 0;; ++run) {
    wait_for_change(runs_, run);
    if (ends_) return;
    (*body_)(part);
    barrier();
  }
}

}  // namespace faceshot::engine
