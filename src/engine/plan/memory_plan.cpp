#include "engine/plan/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace faceshot::engine {

MemoryPlan plan_memory(const std::vector<BufferRequest>& requests) {
  constexpr std::size_t alignment = 64;  // a cache line, and an AVX-512 register
  std::vector<std::size_t> order(requests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return requests[a].bytes > requests[b].bytes;
  });
  MemoryPlan plan{std::vector<std::size_t>(requests.size(), 0), 0};
  std::vector<std::size_t> placed;  // by increasing offset
  const auto rounded = [](std::size_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
  };
  for (const std::size_t r : order) {
    std::size_t offset = 0;
    for (const std::size_t p : placed) {
      const bool together =
          requests[p].first <= requests[r].last && requests[r].first <= requests[p].last;
      if (!together) continue;
      if (offset + rounded(requests[r].bytes) <= plan.offsets[p]) break;
      offset = std::max(offset, plan.offsets[p] + rounded(requests[p].bytes));
    }
    plan.offsets[r] = offset;
    plan.bytes = std::max(plan.bytes, offset + rounded(requests[r].bytes));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), r,
                                   [&](std::size_t a, std::size_t b) {
                                     return plan.offsets[a] < plan.offsets[b];
                                   }),
                  r);
  }
  return plan;
}

}  // namespace faceshot::engine
