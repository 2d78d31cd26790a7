// A plain parallel loop, on the executor.
#pragma once

#include <cstddef>
#include <functional>

namespace faceshot::base {

/// Calls `body(i)` once for every i in [0, count), on up to `threads` threads, one of which is the
/// caller's; returns when all are done. `threads` <= 1 runs in order on the caller's thread.
/// The first exception thrown by a body is rethrown here after the others have stopped.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace faceshot::base
