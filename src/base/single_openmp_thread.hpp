// We do not use OpenMP ourselves, but oneDNN and LibTorch do.
#pragma once

#ifdef _OPENMP
#include <omp.h>
#endif

namespace faceshot::base {

/// While it exists, OpenMP regions that this thread starts have one thread: code called within a
/// piece of work must not distribute work that is distributed already.
class SingleOpenMpThread {
 public:
#ifdef _OPENMP
  SingleOpenMpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleOpenMpThread() { omp_set_num_threads(before_); }
#else
  SingleOpenMpThread() {}  // NOLINT: not `= default`, or it would be an unused variable
#endif
  SingleOpenMpThread(const SingleOpenMpThread&) = delete;
  SingleOpenMpThread& operator=(const SingleOpenMpThread&) = delete;

 private:
#ifdef _OPENMP
  int before_;
#endif
};

}  // namespace faceshot::base
