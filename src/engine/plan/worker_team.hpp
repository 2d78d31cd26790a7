// Threads of a session's own, which sleep between runs.
//
// OpenMP's spin for milliseconds after each parallel region and at each barrier: two programs with
// as many threads as there are processors then stand in each other's way. These spin for 50
// microseconds and then leave the processor.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace faceshot::engine {

class WorkerTeam {
 public:
  /// @param threads >= 1, of which the caller of run() is one
  /// @throws Error(resource_exhausted) if the system gives no such number of threads
  explicit WorkerTeam(int threads);
  ~WorkerTeam();
  WorkerTeam(const WorkerTeam&) = delete;
  WorkerTeam& operator=(const WorkerTeam&) = delete;

  /// Calls body(part) for each part in [0, threads), on a thread each, 0 on the caller's; returns
  /// when all are done. The body must not throw. Not to be called by two threads at once.
  void run(const std::function<void(int)>& body);

  /// Inside run(): waits until all parts have come here. What they wrote before is seen behind it.
  void barrier();

 private:
  void work(int part);
  /// Ends all workers.
  void stop();

  std::uint32_t threads_;
  const std::function<void(int)>* body_ = nullptr;
  std::atomic<bool> ends_ = false;
  std::atomic<std::uint32_t> runs_ = 0;      ///< that were started
  std::atomic<std::uint32_t> arrived_ = 0;   ///< at the barrier
  std::atomic<std::uint32_t> barriers_ = 0;  ///< that were passed
  std::vector<std::thread> workers_;
};

}  // namespace faceshot::engine
