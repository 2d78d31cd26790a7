#include "augment/pixels/resample_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace faceshot::augment {
namespace {

using base::Isa;

std::vector<Isa> levels() {
  std::vector<Isa> all;
  for (const Isa level : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx512_bf16})
    if (level <= base::cpu_isa()) all.push_back(level);
  return all;
}

TEST(ResampleKernels, EveryLevelGivesTheSums) {
  base::Random random(11);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t count = 1 + random.below(300), rows = 1 + random.below(9);
    std::vector<std::vector<std::uint8_t>> values(rows, std::vector<std::uint8_t>(count));
    std::vector<WeightedRow> weighted;
    std::uint32_t left = 256;  // the sum of the weights
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::uint8_t& v : values[r]) v = static_cast<std::uint8_t>(random.below(256));
      const std::uint32_t weight = r + 1 == rows ? left : random.below(left + 1);
      left -= weight;
      weighted.push_back({values[r].data(), static_cast<std::uint16_t>(weight)});
    }
    std::vector<std::uint16_t> wanted(count, 0);
    for (std::size_t i = 0; i < count; ++i)
      for (const WeightedRow& row : weighted)
        wanted[i] = static_cast<std::uint16_t>(wanted[i] + row.values[i] * row.weight);
    for (const Isa level : levels()) {
      std::vector<std::uint16_t> sum(count, 0xABCD);
      sum_rows_at(level)(weighted, count, sum.data());
      ASSERT_EQ(sum, wanted) << "level " << static_cast<int>(level);
    }
  }
}

#if defined(__x86_64__)
TEST(ResampleKernels, EachCompilerMakesTheLevels) {
  EXPECT_NE(sum_rows_at(Isa::baseline), sum_rows_at(Isa::avx2));
}
#endif

// ctest runs this at every level.
TEST(ResampleKernels, TheEnvironmentCapsTheLevel) {
  const char* const wanted = std::getenv("FACESHOT_ISA");
  const std::map<std::string, Isa> caps{{"sse4", Isa::baseline},
                                        {"avx2", Isa::avx2},
                                        {"avx512", Isa::avx512},
                                        {"avx512_bf16", Isa::avx512_bf16}};
  Isa level = base::cpu_isa();
  if (wanted != nullptr && *wanted != '\0') level = std::min(level, caps.at(wanted));
  EXPECT_EQ(sum_rows(), sum_rows_at(level));
}

}  // namespace
}  // namespace faceshot::augment
