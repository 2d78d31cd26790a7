// The products of matrix_kernels.hpp on AMX's tiles of 16 rows of 64 bytes: requires
// base::has_tiles(). The same contracts.
#pragma once

#include <cstddef>

#include "training_ops/matrix_kernels.hpp"

namespace faceshot::training_ops::matrix::amx {

void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out);

void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out);

}  // namespace faceshot::training_ops::matrix::amx
