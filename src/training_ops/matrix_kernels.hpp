// Products of small bfloat16 matrices, the form of a 1x1 convolution of a channels_last map: pixels
// by channels. Plain arrays, no Torch; sums are float. Pure functions, thread safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::matrix {

/// Channel counts must be multiples of this.
constexpr std::size_t column_block = 16;

/// Two interleaved rows, the operand format of the CPU's bfloat16 instructions: the lower half is
/// from the first row.
using Pair = std::uint32_t;

/// out[r / 2][c] = rows r and r + 1 of `in`; a last odd row is paired with zeros.
/// @param in  [rows, columns], columns a multiple of column_block
/// @param out [(rows + 1) / 2, columns]
void interleave(const BFloat16* in, std::size_t rows, std::size_t columns, Pair* out);

/// The same for a matrix of floats, rounded to nearest, ties to even.
void interleave(const float* in, std::size_t rows, std::size_t columns, Pair* out);

/// interleave() of the transposed matrix.
/// @param in [columns, rows], rows even
void interleave_transposed(const float* in, std::size_t rows, std::size_t columns, Pair* out);

/// out = a * b, rounded to bfloat16.
/// @param a   [rows, depth], depth a multiple of column_block
/// @param b   [depth, columns], interleaved
/// @param out [rows, columns], columns a multiple of column_block
void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out);

/// out += transpose(a) * b
/// @param a   [2 * pairs, rows], interleaved; rows a multiple of column_block
/// @param b   [2 * pairs, columns], interleaved; columns a multiple of column_block
/// @param out [rows, columns]
void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out);

}  // namespace faceshot::training_ops::matrix
