#include "engine/kernels/row_kernels.hpp"

#include <cassert>

#include "engine/kernels/row_kernels_levels.hpp"

namespace faceshot::engine {

using base::Isa;

bool row_kernels_pay() {
#if defined(__x86_64__)
  return base::isa() != Isa::baseline;
#else
  return true;
#endif
}

const RowKernels& row_kernels(Isa level) {
  assert(level <= base::cpu_isa());
  static const RowKernels baseline = row_kernels_baseline();
#if defined(__x86_64__)
  // Only calls on a CPU that has the instructions get here: making a table runs compiled code too.
  if (level == Isa::avx512_bf16) {
    static const RowKernels kernels = row_kernels_avx512_bf16();
    return kernels;
  }
  if (level == Isa::avx512) {
    static const RowKernels kernels = row_kernels_avx512();
    return kernels;
  }
  if (level == Isa::avx2) {
    static const RowKernels kernels = row_kernels_avx2();
    return kernels;
  }
#endif
  (void)level;
  return baseline;
}

}  // namespace faceshot::engine
