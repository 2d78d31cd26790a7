// Compiled for its level of instructions alone, see src/engine/CMakeLists.txt.
#include "engine/kernels/row_kernels_impl.hpp"
#include "engine/kernels/row_kernels_levels.hpp"

namespace faceshot::engine {

RowKernels row_kernels_avx2() { return kernels_here(); }

}  // namespace faceshot::engine
