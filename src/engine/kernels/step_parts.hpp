// What the convolution steps share.
#pragma once

#include <cstdint>
#include <string>

#include "engine/kernels/isa.hpp"
#include "engine/kernels/packed_weights.hpp"
#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {

struct Range {
  std::int64_t begin = 0, end = 0;
};

/// One of `parts` nearly equal parts of [0, count), cut at multiples of `unit`.
[[nodiscard]] inline Range part_of(std::int64_t count, std::int64_t unit, int part, int parts) {
  const std::int64_t units = (count + unit - 1) / unit;
  const auto at = [&](int p) {
    const std::int64_t end = units * p / parts * unit;
    return end < count ? end : count;
  };
  return {at(part), at(part + 1)};
}

/// "NAME:avx512", "NAME:avx512_bf16" where products are bfloat16.
[[nodiscard]] inline std::string kernel_text(const char* name, Isa level, bool bfloat16) {
  const char* const levels[] = {"baseline", "avx2", "avx512", "avx512"};
  return std::string(name) + ":" + levels[static_cast<int>(level)] + (bfloat16 ? "_bf16" : "");
}

/// Computes a run whose `in` is floats: turns them into bfloat16 first where the weights are.
/// @param scratch pixels x inputs bfloat16, if the weights are
inline void run_pointwise(const PackedPointwise& packed, const RowKernels& kernels,
                          PointwiseRun& run, const float* in, float* scratch) {
  if (!packed.bf16) {
    run.in = in;
    return kernels.pointwise(run);
  }
  auto* const narrow = reinterpret_cast<std::uint16_t*>(scratch);
  kernels.to_bf16(in, narrow, run.pixels * run.inputs);
  run.in = narrow;
  kernels.pointwise_bf16(run);
}

}  // namespace faceshot::engine
