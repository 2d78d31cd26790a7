#include "engine/kernels/row_kernels.hpp"

#include <cassert>

#include "base/simd/levels.hpp"

namespace faceshot::engine {
namespace {

using base::Isa;

#define FACESHOT_KERNELS "engine/kernels/row_loops.inc"
#include "base/simd/levels_above_baseline.inc"

}  // namespace

bool row_kernels_pay() {
#if defined(__x86_64__)
  return base::isa() != Isa::baseline;
#else
  return true;
#endif
}

const RowKernels& row_kernels(Isa level) {
  assert(level <= base::cpu_isa());
#ifdef FACESHOT_X86_LEVELS
  if (level == Isa::avx512_bf16 && FACESHOT_HAS_TILES) return avx512_bf16::kernels_with_tiles;
#endif
  return FACESHOT_KERNELS_ABOVE_BASELINE(level, kernels, row_kernels_baseline());
}

}  // namespace faceshot::engine
