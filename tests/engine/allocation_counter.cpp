#include "engine/allocation_counter.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> bytes{0};
}

namespace faceshot::testing {
std::size_t allocated_bytes() { return bytes; }
}  // namespace faceshot::testing

// A file of its own, so that these are not inlined into code whose `new` the compiler cannot see.
void* operator new(std::size_t size) {
  bytes += size;
  if (void* const p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  bytes += size;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
