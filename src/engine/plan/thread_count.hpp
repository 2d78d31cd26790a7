// How many threads OpenMP, and with it oneDNN, uses for work started on this thread.
#pragma once

#include <omp.h>

namespace faceshot::engine {

/// Sets OpenMP's team size for the calling thread, and puts it back.
class ThreadCount {
 public:
  explicit ThreadCount(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~ThreadCount() { omp_set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

}  // namespace faceshot::engine
