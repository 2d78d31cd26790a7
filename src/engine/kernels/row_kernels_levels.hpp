// One file for each level of instructions.
#pragma once

#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {

[[nodiscard]] RowKernels row_kernels_baseline();
#if defined(__x86_64__)
[[nodiscard]] RowKernels row_kernels_avx2();
[[nodiscard]] RowKernels row_kernels_avx512();
[[nodiscard]] RowKernels row_kernels_avx512_bf16();
#endif

}  // namespace faceshot::engine
