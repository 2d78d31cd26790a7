// Counts what a test program allocates.
#pragma once

#include <cstddef>

namespace faceshot::testing {

/// Bytes requested from operator new so far, by all threads.
[[nodiscard]] std::size_t allocated_bytes();

/// Blocks requested from the heap so far, by all threads and libraries: malloc and its relatives,
/// and everything built on them. With a C library other than glibc, or under a sanitizer, which has
/// its own heap: only those of operator new.
[[nodiscard]] std::size_t allocations();

}  // namespace faceshot::testing
