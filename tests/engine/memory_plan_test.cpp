#include "engine/plan/memory_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"

namespace faceshot::engine {
namespace {

TEST(MemoryPlan, OfNothingIsNothing) { EXPECT_EQ(plan_memory({}).bytes, 0U); }

TEST(MemoryPlan, SharesPlacesOfBuffersThatDoNotMeet) {
  // A chain of equal layers needs two buffers, whatever its length.
  std::vector<BufferRequest> chain;
  for (std::size_t step = 0; step < 20; ++step) chain.push_back({640, step, step + 1});
  EXPECT_EQ(plan_memory(chain).bytes, 2 * 640U);
}

TEST(MemoryPlan, RoundsToCacheLines) {
  const MemoryPlan plan = plan_memory({{1, 0, 1}, {65, 0, 1}});
  EXPECT_EQ(plan.bytes, 64U + 128U);
  for (const std::size_t offset : plan.offsets) EXPECT_EQ(offset % 64, 0U);
}

TEST(MemoryPlan, NeverGivesTheSamePlaceToTwoLivingBuffers) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    base::Random random(seed, 0, 0, 0);
    std::vector<BufferRequest> requests;
    for (std::uint32_t i = 0, count = 1 + random.below(30); i < count; ++i) {
      const std::size_t first = random.below(20);
      requests.push_back({1 + random.below(5000), first, first + random.below(6)});
    }
    const MemoryPlan plan = plan_memory(requests);
    std::size_t sum = 0;
    for (std::size_t a = 0; a < requests.size(); ++a) {
      sum += (requests[a].bytes + 63) / 64 * 64;
      ASSERT_LE(plan.offsets[a] + requests[a].bytes, plan.bytes);
      for (std::size_t b = a + 1; b < requests.size(); ++b) {
        const bool meet =
            requests[a].first <= requests[b].last && requests[b].first <= requests[a].last;
        const bool apart = plan.offsets[a] + requests[a].bytes <= plan.offsets[b] ||
                           plan.offsets[b] + requests[b].bytes <= plan.offsets[a];
        ASSERT_TRUE(!meet || apart) << "seed " << seed << ", buffers " << a << " and " << b;
      }
    }
    EXPECT_LE(plan.bytes, sum);
  }
}

}  // namespace
}  // namespace faceshot::engine
