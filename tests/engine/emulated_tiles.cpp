// The row kernels of a CPU with AMX, whose tiles are emulated: linked in place of row_kernels.cpp,
// so that the engine's tests also prove the code for tiles where there are none. The levels between
// are left out, since they take a minute to compile.
#define FACESHOT_EMULATE_TILES
#include "base/simd/levels.hpp"
#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {
namespace {

#define FACESHOT_KERNELS "engine/kernels/row_loops.inc"
#include "base/simd/avx512_bf16_level.inc"

}  // namespace

bool row_kernels_pay() { return true; }

const RowKernels& row_kernels(base::Isa level) {
  return level == base::Isa::avx512_bf16 ? avx512_bf16::kernels_with_tiles : row_kernels_baseline();
}

}  // namespace faceshot::engine
