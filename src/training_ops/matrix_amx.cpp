#include "training_ops/matrix_amx.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/simd/levels.hpp"

#ifdef FACESHOT_X86_LEVELS

namespace faceshot::training_ops::matrix::amx {
namespace {

#define FACESHOT_KERNELS "training_ops/matrix_amx_loops.inc"
#include "base/simd/avx512_bf16_level.inc"

}  // namespace

void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out) {
  avx512_bf16::multiply(a, b, rows, depth, columns, out);
}

void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out) {
  avx512_bf16::add_transposed_product(a, b, pairs, rows, columns, out);
}

}  // namespace faceshot::training_ops::matrix::amx

#endif
