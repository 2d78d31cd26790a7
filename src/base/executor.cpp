#include "base/executor.hpp"

#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "base/single_openmp_thread.hpp"
#include "faceshot/parallel_runner.hpp"

namespace faceshot::base {
namespace {

using Clock = std::chrono::steady_clock;

/// How long an idle thread looks for work before it sleeps: longer than the time between two loops
/// of a training
/// step, and than it takes to wake a thread in a virtual machine.
constexpr auto idle_spin = std::chrono::microseconds(200);
/// How long to spin for the last pieces of other threads: longer than the pieces of a network's
/// layer differ at 640x480. Not much longer: a thread that was preempted within a piece can
/// continue where this one sleeps.
constexpr auto stage_spin = std::chrono::microseconds(50);

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Spins until `seen()` or the time is over. @return the last seen()
template <typename Seen>
bool spin(std::chrono::microseconds time, const Seen& seen) {
  constexpr int looks_a_clock = 32;
  const auto start = Clock::now();
  do {
    for (int look = 0; look < looks_a_clock; ++look) {
      if (seen()) return true;
      relax();
    }
  } while (Clock::now() - start < time);
  return false;
}

thread_local bool in_body = false;

}  // namespace

/// Work that threads can join. Everything runs with the executor's mutex held, except where work()
/// releases it.
class Executor::Job {
 public:
  Job() = default;
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// Number of threads that could help now, besides those that do.
  [[nodiscard]] virtual std::size_t wanted() const = 0;
  /// Joins the job, and works until there is nothing left to do.
  virtual void join(std::unique_lock<std::mutex>& lock) = 0;

  std::size_t helpers = 0;  ///< threads created for it
};

// --- loops ---------------------------------------------------------------------------------------

// The current stage and the number of its remaining pieces are one number, decremented by each
// thread that takes a piece. The thread that finishes the last piece of a stage starts the next.
class Executor::Loop final : public Job {
 public:
  /// @pre is_unused()
  void start(std::span<const Stage> stages, std::size_t others) {
    stages_ = stages;
    helpers = in_body ? 0 : others;  // a loop within a body makes do with existing threads
    free_places_ = others;
    failed_ = false;
    holders_ = 1;
    begin(0);
  }

  [[nodiscard]] std::size_t wanted() const override { return is_finished() ? 0 : free_places_; }

  void join(std::unique_lock<std::mutex>& lock) override {
    const int worker = static_cast<int>(free_places_--);  // no participant leaves before the end
    ++holders_;
    lock.unlock();
    work(worker);
    lock.lock();
    --holders_;
  }

  /// Works until everything is done.
  void work(int worker) {
    const bool outer = std::exchange(in_body, true);
    for (;;) {
      const std::uint32_t passed = passed_.load(std::memory_order_acquire);
      std::uint64_t seen = state_.load(std::memory_order_acquire);
      if (stage_of(seen) == stages_.size()) break;
      if (left_of(seen) == 0)
        wait(seen, passed);
      else if (state_.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel))
        do_piece(stage_of(seen), left_of(seen), worker);
    }
    in_body = outer;
  }

  /// The first exception of a body, for the loop's caller. @pre work() has returned
  [[nodiscard]] std::exception_ptr failure() { return std::exchange(first_, nullptr); }
  [[nodiscard]] bool is_unused() const { return holders_ == 0; }
  void release() { --holders_; }

 private:
  static constexpr int left_bits = 40;
  static std::size_t stage_of(std::uint64_t state) { return state >> left_bits; }
  static std::size_t left_of(std::uint64_t state) {
    return state & ((std::uint64_t{1} << left_bits) - 1);
  }
  [[nodiscard]] bool is_finished() const { return stage_of(state_) == stages_.size(); }

  void do_piece(std::size_t index, std::size_t left, int worker) {
    // The caller's stages are valid until all pieces count as done; this one is counted below.
    const Stage& stage = stages_[index];
    const std::size_t pieces = stage.pieces;
    std::size_t done = 1;
    try {
      stage.body(pieces - left, worker);
    } catch (...) {
      if (!failed_.exchange(true)) first_ = std::current_exception();
      done += left_of(state_.fetch_and(~((std::uint64_t{1} << left_bits) - 1)));
    }
    if (done_.fetch_add(done, std::memory_order_acq_rel) + done == pieces)
      begin(failed_ ? stages_.size() : index + 1);
  }

  void begin(std::size_t stage) {
    while (stage < stages_.size() && stages_[stage].pieces == 0) ++stage;
    done_.store(0, std::memory_order_relaxed);
    const std::uint64_t pieces = stage < stages_.size() ? stages_[stage].pieces : 0;
    state_.store(std::uint64_t{stage} << left_bits | pieces, std::memory_order_release);
    passed_.fetch_add(1, std::memory_order_release);
    passed_.notify_all();
  }

  void wait(std::uint64_t seen, std::uint32_t passed) {
    const auto changed = [&] {
      return stage_of(state_.load(std::memory_order_relaxed)) != stage_of(seen);
    };
    if (!spin(stage_spin, changed)) passed_.wait(passed, std::memory_order_acquire);
  }

  std::span<const Stage> stages_;
  std::size_t free_places_ = 0;
  std::size_t holders_ = 0;               ///< threads that may access it
  std::atomic<std::uint64_t> state_{0};   ///< the stage, and the number of its remaining pieces
  std::atomic<std::size_t> done_{0};      ///< finished pieces of the stage
  std::atomic<std::uint32_t> passed_{0};  ///< number of finished stages
  std::atomic<bool> failed_{false};
  std::exception_ptr first_;  ///< from the thread that set `failed_`
};

void Executor::run(std::span<const Stage> stages, int threads) {
  std::size_t most = 0;
  for (const Stage& stage : stages) most = std::max(most, stage.pieces);
  const std::size_t wanted = std::min(most, static_cast<std::size_t>(std::max(threads, 1)));
  if (wanted <= 1) {
    for (const Stage& stage : stages)
      for (std::size_t i = 0; i < stage.pieces; ++i) stage.body(i, 0);
    return;
  }
  Loop* loop = nullptr;
  std::size_t sleepers = 0;
  {
    const std::lock_guard lock(mutex_);
    loop = &unused_loop();
    loop->start(stages, wanted - 1);
    jobs_.push_back(loop);
    sleepers = announce();
    // However late threads leave their last loops, the next one finds a free loop: nothing is
    // allocated then.
    while (loops_.size() < threads_ + jobs_.size()) loops_.push_back(std::make_unique<Loop>());
  }
  wake(sleepers);
  {
    const SingleOpenMpThread alone;
    loop->work(0);
  }
  const std::exception_ptr failure = loop->failure();
  {
    const std::lock_guard lock(mutex_);
    remove(*loop);
    loop->release();
  }
  if (failure) std::rethrow_exception(failure);
}

Executor::Loop& Executor::unused_loop() {
  for (const auto& loop : loops_)
    if (loop->is_unused()) return *loop;
  return *loops_.emplace_back(std::make_unique<Loop>());
}

void run_stages(std::span<const Stage> stages, int threads, ParallelRunner* runner) {
  if (runner == nullptr) return Executor::shared().run(stages, threads);
  for (const Stage& stage : stages) {
    if (stage.pieces <= 1 || threads <= 1) {
      for (std::size_t i = 0; i < stage.pieces; ++i) stage.body(i, 0);
      continue;
    }
    std::atomic<bool> failed = false;
    std::exception_ptr first;
    runner->run(stage.pieces, threads, [&](std::size_t piece, int worker) {
      if (failed) return;
      try {
        const SingleOpenMpThread alone;
        stage.body(piece, worker);
      } catch (...) {
        if (!failed.exchange(true)) first = std::current_exception();
      }
    });
    if (first) std::rethrow_exception(first);
  }
}

// --- tasks ---------------------------------------------------------------------------------------

class TaskGroup::Queue final : public Executor::Job {
 public:
  explicit Queue(int threads) {
    helpers = static_cast<std::size_t>(threads);
    for (int worker = threads; worker-- > 0;) free_.push_back(worker);
  }

  [[nodiscard]] std::size_t wanted() const override {
    return std::min(tasks_.size(), free_.size());
  }
  void join(std::unique_lock<std::mutex>& lock) override {
    work(lock, [this] { return !tasks_.empty(); });
  }
  /// Runs at least one task.
  template <class More>
  void work(std::unique_lock<std::mutex>& lock, const More& more) {
    const int worker = free_.back();
    free_.pop_back();
    do {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      const bool outer = std::exchange(in_body, true);
      task(worker);
      task = nullptr;
      in_body = outer;
      lock.lock();
    } while (more());
    free_.push_back(worker);
    if (is_idle()) idle_.notify_all();
  }
  void push(Task task) {
    if (!dropped_) tasks_.push_back(std::move(task));
  }
  [[nodiscard]] bool has_tasks() const { return !tasks_.empty(); }
  [[nodiscard]] bool is_idle() const { return free_.size() == helpers; }
  void drop(std::unique_lock<std::mutex>& lock) {
    dropped_ = true;  // running tasks may add others
    tasks_.clear();
    idle_.wait(lock, [this] { return is_idle(); });
  }

 private:
  std::deque<Task> tasks_;
  std::vector<int> free_;  ///< numbers of workers
  std::condition_variable idle_;
  bool dropped_ = false;
};

TaskGroup::TaskGroup(int threads) : queue_(std::make_unique<Queue>(threads)) {
  assert(threads >= 1);
  Executor& executor = Executor::shared();
  const std::lock_guard lock(executor.mutex_);
  executor.jobs_.push_back(queue_.get());
}

TaskGroup::~TaskGroup() {
  Executor& executor = Executor::shared();
  std::unique_lock lock(executor.mutex_);
  queue_->drop(lock);
  executor.remove(*queue_);
}

void TaskGroup::add(Task task) {
  Executor& executor = Executor::shared();
  std::size_t sleepers = 0;
  {
    const std::lock_guard lock(executor.mutex_);
    queue_->push(std::move(task));
    sleepers = executor.announce();
  }
  executor.wake(sleepers);
}

bool TaskGroup::help() {
  std::unique_lock lock(Executor::shared().mutex_);
  if (!queue_->has_tasks() || !queue_->is_idle()) return false;
  queue_->work(lock, [] { return false; });
  return true;
}

// --- threads -------------------------------------------------------------------------------------

Executor& Executor::shared() {
  static Executor* const executor = new Executor;
  return *executor;
}

Executor::Executor() {
  // A forked child has none of the threads, and must not find the mutex locked forever.
  pthread_atfork([] { shared().mutex_.lock(); }, [] { shared().mutex_.unlock(); },
                 [] {
                   Executor& executor = shared();
                   executor.threads_ = executor.asleep_ = executor.spinning_ = 0;
                   executor.jobs_.clear();
                   executor.mutex_.unlock();
                 });
}

void Executor::remove(const Job& job) {
  const auto found = std::find(jobs_.begin(), jobs_.end(), &job);
  if (found != jobs_.end()) jobs_.erase(found);
}

Executor::Job* Executor::joinable() const {
  for (Job* const job : jobs_)
    if (job->wanted() > 0) return job;
  return nullptr;
}

std::size_t Executor::announce() {
  ++published_;
  make_threads();
  std::size_t wanted = 0;
  for (const Job* const job : jobs_) wanted += job->wanted();
  return std::min(asleep_, wanted > spinning_ ? wanted - spinning_ : 0);
}

void Executor::wake(std::size_t sleepers) {
  for (; sleepers > 0; --sleepers) published_.notify_one();
}

void Executor::make_threads() {
  std::size_t wanted = 0;
  for (const Job* const job : jobs_) wanted += job->helpers;
  try {
    for (; threads_ < wanted; ++threads_) std::thread([this] { work(); }).detach();
  } catch (const std::system_error&) {  // the existing ones have to do
  }
}

void Executor::work() {
  const SingleOpenMpThread alone;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (Job* const job = joinable()) {
      job->join(lock);
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
    lock.unlock();
    published_.wait(seen);
    lock.lock();
    --asleep_;
  }
}

}  // namespace faceshot::base
