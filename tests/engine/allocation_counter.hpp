// Counts what a test program allocates with `new`.
#pragma once

#include <cstddef>

namespace faceshot::testing {

/// Bytes asked of operator new so far, by all threads.
[[nodiscard]] std::size_t allocated_bytes();

}  // namespace faceshot::testing
