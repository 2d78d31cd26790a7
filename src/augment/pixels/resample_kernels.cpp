#include "augment/pixels/resample_kernels.hpp"

#include "base/simd/levels.hpp"

namespace faceshot::augment {
namespace {

#define FACESHOT_KERNELS "augment/pixels/resample_loops.inc"
#include "base/simd/each_level.inc"

}  // namespace

SumRows sum_rows_at(base::Isa level) { return FACESHOT_KERNELS_AT(level, kernels); }

SumRows sum_rows() {
  static const SumRows chosen = sum_rows_at(base::isa());
  return chosen;
}

}  // namespace faceshot::augment
