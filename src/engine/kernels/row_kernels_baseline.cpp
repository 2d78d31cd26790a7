// In a file of its own, since sanitizers instrument it (src/engine/CMakeLists.txt).
#include "base/simd/levels.hpp"
#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {
namespace {

#define FACESHOT_KERNELS "engine/kernels/row_loops.inc"
#include "base/simd/baseline_level.inc"

}  // namespace

const RowKernels& row_kernels_baseline() { return baseline::kernels; }

}  // namespace faceshot::engine
