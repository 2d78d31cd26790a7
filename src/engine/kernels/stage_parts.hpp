// Shared by the row stages.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/kernels/packed_weights.hpp"
#include "engine/kernels/row_kernels.hpp"
#include "engine/kernels/row_stage.hpp"
#include "engine/ops/fit_window.hpp"

namespace faceshot::engine {

/// How a node's window slides over rows.
[[nodiscard]] inline RowStage::Walk walk_of(const Node& node, const Shape& in, const Shape& out) {
  const FittedWindow fit = fit_window(node.window, in);
  return {fit.kernel[0], node.window.stride[0], fit.padding[0], in[2], out[2]};
}

/// A row of zeros, for rows outside an image.
[[nodiscard]] inline AlignedFloats zero_row(std::int64_t floats) {
  return allocate_floats(static_cast<std::size_t>(floats) * sizeof(float));
}

/// Number of output pixels of a depthwise convolution for which the three input rows stay in the
/// first-level cache: the next output row reads two of them again.
/// @param step a divisor of 96: the result is a multiple of it, which suits the kernels
[[nodiscard]] inline std::int64_t strip_pixels(std::int64_t channels, std::int64_t stride,
                                               std::int64_t step = 24) {
  constexpr std::int64_t floats_a_row = 2048;
  return std::clamp<std::int64_t>(floats_a_row / (channels * stride) / step * step, step, 96);
}

/// The end (exclusive) of the longest range from y, up to `end`, whose rows are contiguous in
/// memory.
template <class Float>
[[nodiscard]] std::int64_t run_end(const RowBuffer<Float>& buffer, std::int64_t y,
                                   std::int64_t end) {
  return buffer.base == nullptr ? end : std::min(end, buffer.wraps(y));
}

/// Computes a run whose `in` is floats, after converting them to bfloat16 if the weights are.
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
