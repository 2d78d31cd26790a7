#include "faceshot/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace faceshot {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  const std::size_t workers = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::exception_ptr first;
  std::mutex first_mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(first_mutex);
        if (!first) first = std::current_exception();
        next = count;
      }
    }
  };
#if defined(__SANITIZE_THREAD__)
  // The thread sanitizer cannot see how OpenMP orders what its threads do, and would call the very
  // start of a parallel region a race.
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < workers; ++t) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
#else
  // OpenMP's threads, which oneDNN and LibTorch use too: others would compete with these, which go
  // on spinning for a while after their last work.
#pragma omp parallel num_threads(static_cast <int>(workers))
  work();
#endif
  if (first) std::rethrow_exception(first);
}

}  // namespace faceshot
