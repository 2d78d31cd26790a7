#include "base/memory.hpp"

#include <limits>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace faceshot::base {

void retain_freed_memory() {
#ifdef __GLIBC__
  constexpr int never = std::numeric_limits<int>::max();
  mallopt(M_MMAP_THRESHOLD, never);
  mallopt(M_TRIM_THRESHOLD, never);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

}  // namespace faceshot::base
