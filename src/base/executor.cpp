#include "base/executor.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace faceshot::base {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a thread without work looks for some before it sleeps: longer than what a training
/// step does between two loops, and than it takes to wake a thread in a virtual machine.
constexpr auto idle_spin = std::chrono::microseconds(200);
/// How long the last pieces of others are waited for awake. Not longer: a thread that lost its
/// processor in the midst of one can go on where this one sleeps.
constexpr auto last_spin = std::chrono::microseconds(30);

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Looks until `seen()` or the time is over. @return whether it was seen
template <typename Seen>
bool spin(std::chrono::microseconds time, const Seen& seen) {
  constexpr int looks_a_clock = 16;
  const auto start = Clock::now();
  do {
    for (int look = 0; look < looks_a_clock; ++look) {
      if (seen()) return true;
      relax();
    }
  } while (Clock::now() - start < time);
  return false;
}

/// While it lives, OpenMP's regions that this thread starts have one thread: what a body calls
/// (oneDNN, LibTorch) is not to share out what is shared out already.
class OpenMpAlone {
 public:
#ifdef _OPENMP
  OpenMpAlone() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OpenMpAlone() { omp_set_num_threads(before_); }
#else
  OpenMpAlone() = default;
#endif
  OpenMpAlone(const OpenMpAlone&) = delete;
  OpenMpAlone& operator=(const OpenMpAlone&) = delete;

 private:
#ifdef _OPENMP
  int before_;
#endif
};

thread_local bool in_body = false;

}  // namespace

struct Executor::Loop {
  Loop(std::size_t pieces, std::size_t others, const std::function<void(std::size_t)>& f)
      : count(pieces), helpers(others), body(f) {}

  const std::size_t count;
  const std::size_t helpers;                     ///< threads besides the caller's
  std::size_t wanted = helpers;                  ///< of them; under the executor's mutex
  const bool inner = in_body;                    ///< a body's own
  const std::function<void(std::size_t)>& body;  ///< lives as long as pieces are left
  std::atomic<std::size_t> next{0};              ///< piece; beyond `count` when none is left
  std::atomic<std::size_t> done{0};
  std::atomic<bool> failed{false};
  std::exception_ptr first;  ///< of the thread that set `failed`

  std::mutex mutex;
  std::condition_variable finished;
  bool is_finished = false;  ///< under `mutex`

  [[nodiscard]] bool has_pieces() const { return next.load(std::memory_order_relaxed) < count; }
  [[nodiscard]] bool all_done() const { return done.load(std::memory_order_acquire) == count; }

  void work() {
    const bool outer = std::exchange(in_body, true);
    for (std::size_t i = next++; i < count; i = next++) add_done(call(i));
    in_body = outer;
  }

  /// @return pieces that are done now: where one fails, those that nobody has begun too
  std::size_t call(std::size_t i) {
    try {
      body(i);
      return 1;
    } catch (...) {
      if (!failed.exchange(true)) first = std::current_exception();
    }
    return 1 + count - std::min(next.exchange(count), count);
  }

  void add_done(std::size_t pieces) {
    if (done.fetch_add(pieces, std::memory_order_acq_rel) + pieces < count) return;
    const std::lock_guard lock(mutex);
    is_finished = true;
    finished.notify_all();
  }

  void wait() {
    if (spin(last_spin, [this] { return all_done(); })) return;
    std::unique_lock lock(mutex);
    finished.wait(lock, [this] { return is_finished; });
  }
};

Executor& Executor::shared() {
  static Executor* const executor = new Executor;
  return *executor;
}

void Executor::run(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  const std::size_t wanted = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
  if (wanted <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  const auto loop = std::make_shared<Loop>(count, wanted - 1, body);
  publish(loop);
  {
    [[maybe_unused]] const OpenMpAlone alone;
    loop->work();
  }
  withdraw(loop);
  loop->wait();
  // Taken out of the loop, which other threads may still hold.
  if (const std::exception_ptr first = std::exchange(loop->first, nullptr))
    std::rethrow_exception(first);
}

void Executor::publish(const LoopPointer& loop) {
  std::size_t sleepers = 0;
  {
    const std::lock_guard lock(mutex_);
    loops_.push_back(loop);
    ++published_;
    make_threads();
    std::size_t wanted = 0;
    for (const LoopPointer& other : loops_) wanted += other->wanted;
    sleepers = std::min(asleep_, wanted > spinning_ ? wanted - spinning_ : 0);
  }
  for (; sleepers > 0; --sleepers) wake_.notify_one();
}

void Executor::withdraw(const LoopPointer& loop) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(loops_.begin(), loops_.end(), loop);
  if (found != loops_.end()) loops_.erase(found);
}

Executor::LoopPointer Executor::join() {
  for (const LoopPointer& loop : loops_)
    if (loop->wanted > 0 && loop->has_pieces()) {
      --loop->wanted;
      return loop;
    }
  return nullptr;
}

void Executor::make_threads() {
  std::size_t wanted = 0;
  for (const LoopPointer& loop : loops_) wanted += loop->inner ? 0 : loop->helpers;
  try {
    for (; threads_ < wanted; ++threads_) std::thread([this] { work(); }).detach();
  } catch (const std::system_error&) {  // what there is has to do
  }
}

void Executor::work() {
#ifdef _OPENMP
  omp_set_num_threads(1);
#endif
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const LoopPointer loop = join()) {
      lock.unlock();
      loop->work();
      lock.lock();
      continue;
    }
    const std::uint32_t seen = published_;
    ++spinning_;
    lock.unlock();
    const bool found = spin(idle_spin, [&] { return published_ != seen; });
    lock.lock();
    --spinning_;
    if (found || published_ != seen) continue;
    ++asleep_;
    wake_.wait(lock, [&] { return published_ != seen; });
    --asleep_;
  }
}

}  // namespace faceshot::base
