// The inner loops of convolutions on channels-last images, one table of functions per
// instruction-set level. They process runs of pixels, which their callers choose so small that
// everything stays in the nearest caches; see row_stage.hpp for the callers.
//
// "Lanes" are the floats of one vector register. A bfloat16 is stored as the upper half of a
// float's bits; sums are always float32.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/simd/isa.hpp"

namespace faceshot::engine {

/// Applied to each sum: y = min(max(x, slope * x), upper), with 0 <= slope <= 1. Slope 1 is the
/// identity, 0 is Relu, values between are LeakyRelu.
struct RowActivation {
  float slope = 1;
  float upper = 0;  ///< +infinity if there is no bound
};

/// A 1x1 convolution of a run of pixels:
/// out[p][n] = activation(bias[n] + sum over k of in[p][k] * weights[k][n] (+ addend[p][n])).
struct PointwiseRun {
  const void* in = nullptr;       ///< floats, or bfloat16 for pointwise_bf16
  std::int64_t in_stride = 0;     ///< from pixel to pixel, in elements
  const void* weights = nullptr;  ///< in the layout of pack_panels
  const float* bias = nullptr;    ///< `outputs` of them, rounded up to lanes
  const float* addend = nullptr;  ///< or null; may be `out`
  float* out = nullptr;
  std::int64_t out_stride = 0;  ///< of `addend` too
  std::int64_t pixels = 0, inputs = 0, outputs = 0;
  RowActivation activation;
};

/// A depthwise 3x3 convolution of a run of pixels within one output row. Rows outside the image are
/// passed as rows of zeros; columns outside are skipped.
struct DepthwiseRun {
  const float* rows[3] = {};         ///< of the input: [width][channels]
  std::int64_t width = 0;            ///< of the input
  std::int64_t channels = 0;         ///< a multiple of 4; of 8 for bfloat16
  std::int64_t stride = 1;           ///< 1 or 2
  std::int64_t left = 1;             ///< columns of padding to the left
  const float* weights = nullptr;    ///< [9][channels]
  const float* bias = nullptr;       ///< [channels]
  std::int64_t first = 0, last = 0;  ///< output columns [first, last)
  void* out = nullptr;               ///< [last - first][channels]: floats, or bfloat16
  RowActivation activation;
};

/// A 3x3 convolution with stride 2 of three planes (an image, NCHW): a run within one output row
/// that reads no column outside the image.
struct FirstRun {
  /// Where the first output's window starts: floats, [plane][row of the window]. For first_bf16,
  /// five rows of bfloat16 pairs: row 2i of those nine with row 2i + 1, the last with zeros.
  const void* rows[9] = {};
  const void* weights =
      nullptr;  ///< [outputs / lanes][row][column][lanes], of pairs for first_bf16
  const float* bias = nullptr;
  std::int64_t pixels = 0, outputs = 0;
  float* out = nullptr;
  std::int64_t out_stride = 0;
  RowActivation activation;
};

/// Max-pooling of one output row, without padding.
struct MaxPoolRun {
  const float* rows[4] = {};  ///< of the input: [width][channels]
  std::int64_t kernel_height = 1, kernel_width = 1;
  std::int64_t stride = 1;  ///< of columns
  std::int64_t channels = 0, pixels = 0;
  float* out = nullptr;  ///< [pixels][channels]
};

/// The sum of a row and one of half its width, each pixel of which is used twice.
struct UpsampleAddRun {
  const float* fine = nullptr;    ///< [pixels][channels]
  const float* coarse = nullptr;  ///< [(pixels + 1) / 2][channels]
  float* out = nullptr;           ///< [pixels][channels]
  std::int64_t pixels = 0, channels = 0;
};

struct RowKernels {
  std::int64_t lanes = 0;
  std::int64_t bf16_pixels = 24;  ///< pointwise_bf16 is fastest in runs of a multiple of this
  void (*pointwise)(const PointwiseRun&) = nullptr;
  void (*depthwise)(const DepthwiseRun&) = nullptr;
  void (*first)(const FirstRun&) = nullptr;
  void (*max_pool)(const MaxPoolRun&) = nullptr;
  void (*upsample_add)(const UpsampleAddRun&) = nullptr;
  // Null below avx512_bf16.
  void (*pointwise_bf16)(const PointwiseRun&) = nullptr;
  void (*depthwise_to_bf16)(const DepthwiseRun&) = nullptr;
  void (*first_bf16)(const FirstRun&) = nullptr;
  void (*to_bf16)(const float* from, std::uint16_t* to, std::int64_t count) = nullptr;
  /// to[2i] of first[i], to[2i + 1] of second[i].
  void (*to_bf16_pairs)(const float* first, const float* second, std::uint16_t* to,
                        std::int64_t count) = nullptr;
  /// With AMX, pointwise_bf16 leaves the thread's tiles configured: call this after the last run,
  /// before other code uses tiles or the thread rests. Null without AMX.
  void (*release_tiles)() = nullptr;
};

/// False where oneDNN is faster: its SSE4 kernels are written in assembler, while ours leave that
/// level to the compiler (and are a quarter slower).
[[nodiscard]] bool row_kernels_pay();

/// @param level at most what the CPU has; avx512_bf16 includes AMX where base::has_tiles()
[[nodiscard]] const RowKernels& row_kernels(base::Isa level);

/// The table of Isa::baseline.
[[nodiscard]] const RowKernels& row_kernels_baseline();

}  // namespace faceshot::engine
