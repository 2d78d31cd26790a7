#include "base/simd/levels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace faceshot::base {
namespace {

/// What each level's copy of levels_test_loops.inc reports about itself.
struct Kernels {
  int level;
  int lanes;
  void (*fma)(const float* a, const float* b, float* sum, std::size_t count);
};

#define FACESHOT_KERNELS "base/levels_test_loops.inc"
#include "base/simd/each_level.inc"

std::vector<Isa> levels() {
  std::vector<Isa> all;
  for (const Isa level : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx512_bf16})
    if (level <= cpu_isa()) all.push_back(level);
  return all;
}

// Independent of the compiler: with clang, training once stayed at the baseline without a word.
TEST(Levels, EachIsCompiledAndChosen) {
  for (const Isa level : levels()) {
    const Kernels& kernels = FACESHOT_KERNELS_AT(level, kernels);
    EXPECT_EQ(kernels.level, static_cast<int>(level));
    EXPECT_EQ(kernels.lanes, level == Isa::baseline ? 4 : level == Isa::avx2 ? 8 : 16);
    std::vector<float> a(100, 2), b(100, 3), sum(100, 1);
    kernels.fma(a.data(), b.data(), sum.data(), sum.size());
    EXPECT_EQ(sum, std::vector<float>(100, 7));
  }
#if defined(__x86_64__)
  EXPECT_NE(baseline::kernels.fma, avx2::kernels.fma);
  EXPECT_NE(avx2::kernels.fma, avx512::kernels.fma);
#endif
}

// ctest runs this at every level.
TEST(Levels, TheEnvironmentCapsTheLevel) {
  const char* const wanted = std::getenv("FACESHOT_ISA");
  const std::map<std::string, Isa> caps{{"sse4", Isa::baseline},
                                        {"avx2", Isa::avx2},
                                        {"avx512", Isa::avx512},
                                        {"avx512_bf16", Isa::avx512_bf16}};
  const bool capped = wanted != nullptr && *wanted != '\0';
  EXPECT_EQ(isa(), capped ? std::min(cpu_isa(), caps.at(wanted)) : cpu_isa());
  EXPECT_EQ(isa_cap().has_value(), capped);
  if (capped || isa() != Isa::avx512_bf16) {
    EXPECT_FALSE(has_tiles());
  }
}

}  // namespace
}  // namespace faceshot::base
