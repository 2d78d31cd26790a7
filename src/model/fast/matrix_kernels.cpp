#include "model/fast/matrix_kernels.hpp"

namespace faceshot::matrix {
namespace {

template <typename Element>
struct Kernels {
  decltype(&matrix::interleave) interleave;
  decltype(&matrix::multiply) multiply;
  decltype(&matrix::add_transposed_product) add_transposed_product;
};

#define FACESHOT_LOOPS "model/fast/matrix_loops.inc"
#include "model/fast/each_instruction_set.inc"

}  // namespace

void interleave(const BFloat16* in, std::size_t rows, std::size_t columns, Pair* out) {
  best<BFloat16>().interleave(in, rows, columns, out);
}

void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out) {
  best<BFloat16>().multiply(a, b, rows, depth, columns, out);
}

void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out) {
  best<BFloat16>().add_transposed_product(a, b, pairs, rows, columns, out);
}

}  // namespace faceshot::matrix
