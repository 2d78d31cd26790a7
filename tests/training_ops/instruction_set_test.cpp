#include "training_ops/instruction_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/simd/isa.hpp"

namespace faceshot::training_ops {
namespace {

// Whatever the compiler is: with clang, training once stayed at the baseline and said nothing.
TEST(InstructionSetTest, IsWhatTheCpuHasAndTheEnvironmentAllows) {
  const auto level = static_cast<int>(base::isa());
  const auto set = static_cast<int>(instruction_set());
  static_assert(static_cast<int>(base::Isa::avx512_bf16) ==
                static_cast<int>(InstructionSet::avx512_bf16));
  EXPECT_EQ(std::min(set, static_cast<int>(InstructionSet::avx512_bf16)), level);
  if (instruction_set() == InstructionSet::amx) {
    EXPECT_FALSE(base::isa_cap().has_value());
  }
}

}  // namespace
}  // namespace faceshot::training_ops
