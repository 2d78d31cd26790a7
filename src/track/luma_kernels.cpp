#include "track/luma_kernels.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/simd/levels.hpp"

namespace faceshot::track {
namespace {

#define FACESHOT_KERNELS "track/luma_loops.inc"
#include "base/simd/each_level.inc"

}  // namespace

const LumaKernels& luma_kernels_at(base::Isa level) { return FACESHOT_KERNELS_AT(level, kernels); }

const LumaKernels& luma_kernels() {
  static const LumaKernels& chosen = luma_kernels_at(base::isa());
  return chosen;
}

}  // namespace faceshot::track
