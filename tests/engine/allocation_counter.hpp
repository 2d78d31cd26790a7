// Counts what a test program allocates.
#pragma once

#include <cstddef>

namespace faceshot::testing {

/// Bytes asked of operator new so far, by all threads.
[[nodiscard]] std::size_t allocated_bytes();

/// Blocks asked of the heap so far, by all threads and libraries: malloc and its relatives, and
/// whatever is built on them. With another C library than glibc, or under a sanitizer, which has a
/// heap of its own: those of operator new alone.
[[nodiscard]] std::size_t allocations();

}  // namespace faceshot::testing
