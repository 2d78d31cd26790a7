#include "engine/allocation_counter.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FACESHOT_COUNT_MALLOC 1
#else
#define FACESHOT_COUNT_MALLOC 0
#endif

namespace {

std::atomic<std::size_t> bytes{0}, blocks{0};

void* counted_new(std::size_t size) noexcept {
  bytes += size;
  if (!FACESHOT_COUNT_MALLOC) ++blocks;  // else malloc counts it
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

namespace faceshot::testing {
std::size_t allocated_bytes() { return bytes; }
std::size_t allocations() { return blocks; }
}  // namespace faceshot::testing

#if FACESHOT_COUNT_MALLOC
// glibc lets a program replace these, for the libraries it loads too; its own stay reachable under
// these names ("Replacing malloc" in its manual).
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) {
  ++blocks;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++blocks;
  return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) {
  ++blocks;
  return __libc_realloc(p, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++blocks;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  *p = memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
void free(void* p) { __libc_free(p); }
}
#endif

// In a separate file, so that these are not inlined into code whose `new` the compiler cannot see.
void* operator new(std::size_t size) {
  if (void* const p = counted_new(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted_new(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
