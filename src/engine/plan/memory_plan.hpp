// One block of memory for all tensors of a network; tensors that are never alive together share
// space.
#pragma once

#include <cstddef>
#include <vector>

namespace faceshot::engine {

/// A buffer that is needed from step `first` to step `last`, inclusive.
struct BufferRequest {
  std::size_t bytes = 0;
  std::size_t first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< of each request, multiples of 64
  std::size_t bytes = 0;             ///< of the whole block
};

/// Greedy by size: the largest first, each at the lowest offset that is free during its whole
/// lifetime.
[[nodiscard]] MemoryPlan plan_memory(const std::vector<BufferRequest>& requests);

}  // namespace faceshot::engine
