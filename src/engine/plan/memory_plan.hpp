// One block of memory for all tensors of a network: those that do not live at the same time share
// places in it.
#pragma once

#include <cstddef>
#include <vector>

namespace faceshot::engine {

/// A buffer that is needed from step `first` to step `last`, both included.
struct BufferRequest {
  std::size_t bytes = 0;
  std::size_t first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< of each request, multiples of 64
  std::size_t bytes = 0;             ///< of the whole block
};

/// Greedy by size: the largest first, each at the lowest place that is free over its whole life.
[[nodiscard]] MemoryPlan plan_memory(const std::vector<BufferRequest>& requests);

}  // namespace faceshot::engine
