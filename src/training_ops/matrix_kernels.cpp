#include "training_ops/matrix_kernels.hpp"

#include <cmath>
#include <cstring>

#include "base/simd/levels.hpp"
#include "training_ops/matrix_amx.hpp"

namespace faceshot::training_ops::matrix {
namespace {

template <typename Element>
struct Kernels {
  void (*interleave)(const BFloat16*, std::size_t, std::size_t, Pair*);
  decltype(&matrix::multiply) multiply;
  decltype(&matrix::add_transposed_product) add_transposed_product;
};

#define FACESHOT_KERNELS "training_ops/matrix_loops.inc"
#include "training_ops/each_level.inc"

const Kernels<BFloat16>& chosen() {
#ifdef FACESHOT_X86_LEVELS
  static const Kernels<BFloat16> tiles{best<BFloat16>().interleave, amx::multiply,
                                       amx::add_transposed_product};
  if (FACESHOT_HAS_TILES) return tiles;
#endif
  return best<BFloat16>();
}

Pair rounded(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  if (std::isnan(value)) return 0x7fc0;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

}  // namespace

void interleave(const float* in, std::size_t rows, std::size_t columns, Pair* out) {
  for (std::size_t r = 0; r < rows; r += 2, in += 2 * columns, out += columns)
    for (std::size_t c = 0; c < columns; ++c)
      out[c] = rounded(in[c]) | (r + 1 < rows ? rounded(in[columns + c]) << 16 : 0);
}

void interleave_transposed(const float* in, std::size_t rows, std::size_t columns, Pair* out) {
  for (std::size_t c = 0; c < columns; ++c, in += rows)
    for (std::size_t r = 0; r < rows; r += 2)
      out[r / 2 * columns + c] = rounded(in[r]) | rounded(in[r + 1]) << 16;
}

void interleave(const BFloat16* in, std::size_t rows, std::size_t columns, Pair* out) {
  chosen().interleave(in, rows, columns, out);
}

void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out) {
  chosen().multiply(a, b, rows, depth, columns, out);
}

void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out) {
  chosen().add_transposed_product(a, b, pairs, rows, columns, out);
}

}  // namespace faceshot::training_ops::matrix
