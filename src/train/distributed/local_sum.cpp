#include "train/distributed/local_sum.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <new>
#include <random>
#include <thread>

namespace faceshot::train {
namespace {

constexpr std::size_t most_processes = 256;

/// A process's part. The process holds the lock all its life: the kernel marks the lock when it
/// dies.
struct alignas(64) Member {
  pthread_mutex_t alive;
  std::atomic<bool> here;
  alignas(64) std::atomic<std::uint64_t> posted;  ///< number of sums for which it has posted its
                                                  ///< values
  /// For this sum and the previous one: a process that posts values for the next sum has seen that
  /// all have this one.
  double values[2][LocalSum::capacity];
};

bool prepare(pthread_mutex_t& mutex) {
  pthread_mutexattr_t attributes;
  if (pthread_mutexattr_init(&attributes) != 0) return false;
  const bool done = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
                    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
                    pthread_mutex_init(&mutex, &attributes) == 0;
  pthread_mutexattr_destroy(&attributes);
  return done;
}

/// Whether the process that should hold the lock has released it.
bool has_ended(Member& member) {
  const int result = pthread_mutex_trylock(&member.alive);
  if (result == EBUSY) return false;
  if (result == EOWNERDEAD) pthread_mutex_consistent(&member.alive);
  if (result == 0 || result == EOWNERDEAD) pthread_mutex_unlock(&member.alive);
  return true;
}

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

struct LocalSum::Memory {
  Member members[1];  // one per process

  static std::size_t bytes(int size) { return static_cast<std::size_t>(size) * sizeof(Member); }

  /// @return null if it cannot be mapped
  static Memory* map(int file, int size) {
    void* const at = mmap(nullptr, bytes(size), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return at == MAP_FAILED ? nullptr : static_cast<Memory*>(at);
  }
};

std::string LocalSum::create(int size) {
  if (size < 1 || static_cast<std::size_t>(size) > most_processes) return "";
  std::random_device random;
  const std::string name = "/faceshot-" + std::to_string(getpid()) + "-" + std::to_string(random());
  const int file = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return "";
  // Allocated now: a full /dev/shm would cause SIGBUS later.
  Memory* memory = nullptr;
  if (posix_fallocate(file, 0, static_cast<off_t>(Memory::bytes(size))) == 0)
    memory = Memory::map(file, size);
  ::close(file);
  bool ready = memory != nullptr;
  for (int rank = 0; ready && rank < size; ++rank) {
    Member* const member = new (&memory->members[rank]) Member;
    member->here = false;
    member->posted = 0;
    ready = prepare(member->alive);
  }
  if (memory != nullptr) munmap(memory, Memory::bytes(size));
  if (ready) return name;
  shm_unlink(name.c_str());
  return "";
}

void LocalSum::forget(const std::string& name) { shm_unlink(name.c_str()); }

std::unique_ptr<LocalSum> LocalSum::open(const std::string& name, int rank, int size) {
  const int file = shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  Memory* const memory = Memory::map(file, size);
  ::close(file);
  if (memory == nullptr) return nullptr;
  if (pthread_mutex_lock(&memory->members[rank].alive) != 0) {
    munmap(memory, Memory::bytes(size));
    return nullptr;
  }
  memory->members[rank].here = true;
  return std::unique_ptr<LocalSum>(new LocalSum(memory, rank, size));
}

LocalSum::LocalSum(Memory* memory, int rank, int size)
    : memory_(memory), rank_(rank), size_(size) {}

LocalSum::~LocalSum() {
  pthread_mutex_unlock(&memory_->members[rank_].alive);
  munmap(memory_, Memory::bytes(size_));
}

int LocalSum::ended_rank() const {
  for (int rank = 0; rank < size_; ++rank)
    if (rank != rank_ && has_ended(memory_->members[rank])) return rank;
  return -1;
}

LocalSum::Missing LocalSum::sum(std::span<double> values, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const std::size_t turn = sums_++ % 2;
  Member& own = memory_->members[rank_];
  std::copy(values.begin(), values.end(), own.values[turn]);
  own.posted.store(sums_, std::memory_order_release);

  const auto start = Clock::now();
  std::fill(values.begin(), values.end(), 0.0);
  for (int rank = 0; rank < size_; ++rank) {
    Member& member = memory_->members[rank];
    for (unsigned looks = 0; member.posted.load(std::memory_order_acquire) < sums_; ++looks) {
      constexpr unsigned spins = 2000, yields = 4000;
      if (looks < spins) {
        pause();
      } else if (looks < yields) {
        sched_yield();
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        if (looks % 64 != 0) continue;
        if (member.here && has_ended(member) && member.posted < sums_) return {rank, true};
        if (Clock::now() - start > patience) return {rank, false};
      }
    }
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += member.values[turn][i];
  }
  return {};
}

}  // namespace faceshot::train
