// Pointwise convolutions on AMX's tiles against plain loops: with emulated_tiles.cpp on any CPU
// that has bfloat16.
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/packed_weights.hpp"
#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine::tiles_test {
namespace {

using base::Isa;

constexpr float untouched = 12345;

/// Small integers: exact in bfloat16, and so are all sums in float.
float small_number(base::Random& random) { return static_cast<float>(random.below(9)) - 4; }

struct Case {
  std::int64_t pixels, inputs, outputs;
  bool adds;  ///< to the output itself
};

void expect_right(const RowKernels& kernels, const Case& c, base::Random& random) {
  SCOPED_TRACE(::testing::Message() << c.pixels << " pixels, " << c.inputs << " to " << c.outputs
                                    << (c.adds ? ", added" : ""));
  Node node;
  node.op = Op::conv;
  auto weight = std::make_shared<Constant>();
  weight->shape = {c.outputs, c.inputs, 1, 1};
  for (std::int64_t i = 0; i < c.outputs * c.inputs; ++i)
    weight->floats.push_back(small_number(random));
  auto bias = std::make_shared<Constant>();
  bias->shape = {c.outputs};
  for (std::int64_t i = 0; i < c.outputs; ++i) bias->floats.push_back(small_number(random));
  node.weight = weight;
  node.bias = bias;
  const PackedPointwise packed(node, kernels, true);
  ASSERT_TRUE(packed.bf16);

  const std::int64_t in_stride = c.inputs + 8, out_stride = c.outputs + 3;
  std::vector<float> in, out(static_cast<std::size_t>(c.pixels * out_stride), untouched);
  std::vector<std::uint16_t> narrow;
  for (std::int64_t i = 0; i < c.pixels * in_stride; ++i) {
    in.push_back(small_number(random));
    narrow.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(in.back()) >> 16U));
  }
  if (c.adds)
    for (float& value : out) value = small_number(random);
  const std::vector<float> before = out;

  PointwiseRun run = packed.run();
  run.in = narrow.data();
  run.in_stride = in_stride;
  run.out = out.data();
  run.out_stride = out_stride;
  run.pixels = c.pixels;
  run.activation = {0.5F, 20};
  if (c.adds) run.addend = out.data();
  kernels.pointwise_bf16(run);

  for (std::int64_t p = 0; p < c.pixels; ++p)
    for (std::int64_t o = 0; o < out_stride; ++o) {
      const auto at = static_cast<std::size_t>(p * out_stride + o);
      float wanted = before[at];
      if (o < c.outputs) {
        wanted = bias->floats[static_cast<std::size_t>(o)] + (c.adds ? before[at] : 0);
        for (std::int64_t i = 0; i < c.inputs; ++i)
          wanted += in[static_cast<std::size_t>(p * in_stride + i)] *
                    weight->floats[static_cast<std::size_t>(o * c.inputs + i)];
        wanted = std::min(std::max(wanted, 0.5F * wanted), 20.0F);
      }
      ASSERT_EQ(out[at], wanted) << "pixel " << p << ", output " << o;
    }
}

TEST(Tiles, EqualPlainLoops) {
  if (base::isa() != Isa::avx512_bf16) GTEST_SKIP() << "SKIPPED: this CPU has no bfloat16";
  const RowKernels& kernels = row_kernels(Isa::avx512_bf16);
  ASSERT_NE(kernels.release_tiles, nullptr);
  base::Random random(1, 0, 0, 0);
  bool adds = false;
  for (const std::int64_t pixels : {1, 15, 16, 17, 31, 32, 33, 48, 63, 96})
    for (const std::int64_t inputs : {8, 16, 24, 32, 48, 64, 96, 192})
      for (const std::int64_t outputs : {1, 15, 16, 17, 32, 33, 64, 100})
        ASSERT_NO_FATAL_FAILURE(
            expect_right(kernels, {pixels, inputs, outputs, adds = !adds}, random));
  kernels.release_tiles();
  kernels.release_tiles();  // nothing to do
}

TEST(Tiles, CanBeUsedAgainAfterTheirRelease) {
  if (base::isa() != Isa::avx512_bf16) GTEST_SKIP() << "SKIPPED: this CPU has no bfloat16";
  const RowKernels& kernels = row_kernels(Isa::avx512_bf16);
  base::Random random(2, 0, 0, 0);
  for (int i = 0; i < 3; ++i) {
    // Without a configuration the emulation traps, as the CPU does.
    ASSERT_NO_FATAL_FAILURE(expect_right(kernels, {32, 32, 32, false}, random));
    kernels.release_tiles();
  }
}

}  // namespace
}  // namespace faceshot::engine::tiles_test
