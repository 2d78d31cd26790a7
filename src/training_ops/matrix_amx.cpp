#include "training_ops/matrix_amx.hpp"

#ifdef FACESHOT_X86_LEVELS

#include <algorithm>
#include <cstdint>
#include <cstring>

#define FACESHOT_INLINE static inline __attribute__((always_inline))

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,avx512bf16"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,avx512bf16")
#endif

namespace faceshot::training_ops::matrix::amx {
namespace {

/// Rows of a tile, and numbers of 4 bytes in each.
constexpr std::size_t side = 16;
static_assert(side == column_block);

/// What LDTILECFG reads.
struct alignas(64) Configuration {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};

// Instructions by name: of GCC 12's intrinsics, loads do not tell the compiler that they read
// memory, and it then writes too late what they are to read.

/// Tiles 0 to 3 are a block of the result, two by two; 4 and 5 of the left factor, above each
/// other; 6 and 7 of the right one, side by side.
/// @param height rows of the result and of the left factor
/// @param pairs  of which products are summed at once
FACESHOT_INLINE void configure(std::size_t height, std::size_t pairs) {
  Configuration c;
  for (int tile = 0; tile < 8; ++tile) {
    c.row_bytes[tile] = static_cast<std::uint16_t>(tile == 4 || tile == 5 ? 4 * pairs : 4 * side);
    c.rows[tile] = static_cast<std::uint8_t>(tile < 6 ? height : pairs);
  }
  asm volatile("ldtilecfg %0" : : "m"(c));
}

FACESHOT_INLINE void release() { asm volatile("tilerelease"); }

template <int tile>
FACESHOT_INLINE void zero() {
  asm volatile("tilezero %%tmm%c0" : : "i"(tile));
}

/// @param stride of rows, in elements
template <int tile, typename T>
FACESHOT_INLINE void load(const T* from, std::size_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2"
               :
               : "r"(from), "r"(sizeof(T) * stride), "i"(tile)
               : "memory");
}

template <int tile>
FACESHOT_INLINE void store(float* to, std::size_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
               :
               : "r"(to), "r"(sizeof(float) * stride), "i"(tile)
               : "memory");
}

template <int sum, int left, int right>
FACESHOT_INLINE void add_product() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sum), "i"(left), "i"(right));
}

/// `high` by `wide` tiles of the result += those that the factors' tiles hold.
template <int high, int wide>
FACESHOT_INLINE void add_products() {
  add_product<0, 4, 6>();
  if constexpr (wide > 1) add_product<1, 4, 7>();
  if constexpr (high > 1) add_product<2, 5, 6>();
  if constexpr (high > 1 && wide > 1) add_product<3, 5, 7>();
}

template <int high, int wide>
FACESHOT_INLINE void store_block(float* to, std::size_t stride) {
  store<0>(to, stride);
  if constexpr (wide > 1) store<1>(to + side, stride);
  if constexpr (high > 1) store<2>(to + side * stride, stride);
  if constexpr (high > 1 && wide > 1) store<3>(to + side * stride + side, stride);
}

struct Product {
  std::size_t depth, columns;
  std::size_t height;  ///< rows of a tile of the result
  std::size_t step;    ///< of the depth
};

template <int high, int wide>
FACESHOT_INLINE void multiply_block(const BFloat16* a, const Pair* b, const Product& p,
                                    BFloat16* out) {
  zero<0>();
  if constexpr (wide > 1) zero<1>();
  if constexpr (high > 1) zero<2>();
  if constexpr (high > 1 && wide > 1) zero<3>();
  for (std::size_t k = 0; k < p.depth; k += p.step, b += p.step / 2 * p.columns) {
    load<4>(a + k, p.depth);
    load<6>(b, p.columns);
    if constexpr (wide > 1) load<7>(b + side, p.columns);
    if constexpr (high > 1) load<5>(a + side * p.depth + k, p.depth);
    add_products<high, wide>();
  }
  constexpr std::size_t width = wide * side;
  alignas(64) float sums[high * side * width];
  store_block<high, wide>(sums, width);
  for (std::size_t r = 0; r < high * p.height; ++r) {
    const __m512 first = _mm512_load_ps(sums + r * width);
    BFloat16* const to = out + r * p.columns;
    if constexpr (wide > 1) {
      const auto rounded = _mm512_cvtne2ps_pbh(_mm512_load_ps(sums + r * width + side), first);
      std::memcpy(to, &rounded, sizeof rounded);
    } else {
      const auto rounded = _mm512_cvtneps_pbh(first);
      std::memcpy(to, &rounded, sizeof rounded);
    }
  }
}

template <int high>
FACESHOT_INLINE void multiply_rows(const BFloat16* a, const Pair* b, const Product& p,
                                   BFloat16* out) {
  std::size_t c = 0;
  for (; c + 2 * side <= p.columns; c += 2 * side) multiply_block<high, 2>(a, b + c, p, out + c);
  if (c < p.columns) multiply_block<high, 1>(a, b + c, p, out + c);
}

/// The 16 x 16 block at `from` turned over its diagonal.
FACESHOT_INLINE void transpose(const Pair* from, std::size_t stride, Pair* to) {
  const auto four = [&](std::size_t row, std::size_t column) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + row * stride + column));
  };
  for (std::size_t c = 0; c < side; c += 4) {
    __m512i q[4];  // columns c to c + 3 of rows i, i + 4, i + 8 and i + 12
    for (std::size_t i = 0; i < 4; ++i) {
      q[i] = _mm512_castsi128_si512(four(i, c));
      q[i] = _mm512_inserti32x4(q[i], four(i + 4, c), 1);
      q[i] = _mm512_inserti32x4(q[i], four(i + 8, c), 2);
      q[i] = _mm512_inserti32x4(q[i], four(i + 12, c), 3);
    }
    const __m512i low01 = _mm512_unpacklo_epi32(q[0], q[1]);
    const __m512i high01 = _mm512_unpackhi_epi32(q[0], q[1]);
    const __m512i low23 = _mm512_unpacklo_epi32(q[2], q[3]);
    const __m512i high23 = _mm512_unpackhi_epi32(q[2], q[3]);
    Pair* const row = to + c * side;
    _mm512_store_si512(row, _mm512_unpacklo_epi64(low01, low23));
    _mm512_store_si512(row + side, _mm512_unpackhi_epi64(low01, low23));
    _mm512_store_si512(row + 2 * side, _mm512_unpacklo_epi64(high01, high23));
    _mm512_store_si512(row + 3 * side, _mm512_unpackhi_epi64(high01, high23));
  }
}

/// Steps of 16 pairs for which a block of the left factor is turned at a time.
constexpr std::size_t most_steps = 4;
using Turned = Pair[most_steps][side * side];

template <int high, int wide>
FACESHOT_INLINE void add_block(const Turned* left, const Pair* b, std::size_t steps,
                               std::size_t columns, float* out) {
  load<0>(out, columns);
  if constexpr (wide > 1) load<1>(out + side, columns);
  if constexpr (high > 1) load<2>(out + side * columns, columns);
  if constexpr (high > 1 && wide > 1) load<3>(out + side * columns + side, columns);
  for (std::size_t s = 0; s < steps; ++s, b += side * columns) {
    load<4>(left[0][s], side);
    load<6>(b, columns);
    if constexpr (wide > 1) load<7>(b + side, columns);
    if constexpr (high > 1) load<5>(left[1][s], side);
    add_products<high, wide>();
  }
  store_block<high, wide>(out, columns);
}

/// Of `steps` times 16 pairs, or fewer in one step.
template <int high>
FACESHOT_INLINE void add_rows(const Pair* a, const Pair* b, std::size_t steps, std::size_t pairs,
                              std::size_t rows, std::size_t columns, float* out) {
  alignas(64) Turned left[high];
  for (std::size_t h = 0; h < high; ++h)
    if (pairs == side) {
      for (std::size_t s = 0; s < steps; ++s)
        transpose(a + s * side * rows + h * side, rows, left[h][s]);
    } else {
      alignas(64) Pair some[side * side] = {};
      for (std::size_t k = 0; k < pairs; ++k)
        std::memcpy(some + k * side, a + k * rows + h * side, side * sizeof(Pair));
      transpose(some, side, left[h][0]);
    }
  std::size_t c = 0;
  for (; c + 2 * side <= columns; c += 2 * side)
    add_block<high, 2>(left, b + c, steps, columns, out + c);
  if (c < columns) add_block<high, 1>(left, b + c, steps, columns, out + c);
}

void add_steps(const Pair* a, const Pair* b, std::size_t steps, std::size_t pairs, std::size_t rows,
               std::size_t columns, float* out) {
  std::size_t r = 0;
  for (; r + 2 * side <= rows; r += 2 * side)
    add_rows<2>(a + r, b, steps, pairs, rows, columns, out + r * columns);
  if (r < rows) add_rows<1>(a + r, b, steps, pairs, rows, columns, out + r * columns);
}

}  // namespace

void multiply(const BFloat16* a, const Pair* b, std::size_t rows, std::size_t depth,
              std::size_t columns, BFloat16* out) {
  const Product p{depth, columns, std::min(rows, side), depth % (2 * side) == 0 ? 2 * side : side};
  if (rows == 0) return;
  configure(p.height, p.step / 2);
  std::size_t r = 0;
  for (; r + 2 * side <= rows; r += 2 * side)
    multiply_rows<2>(a + r * depth, b, p, out + r * columns);
  for (; r < rows; r += side) {
    const std::size_t first = std::min(r, rows - p.height);  // some are computed twice
    multiply_rows<1>(a + first * depth, b, p, out + first * columns);
  }
  release();
}

void add_transposed_product(const Pair* a, const Pair* b, std::size_t pairs, std::size_t rows,
                            std::size_t columns, float* out) {
  const std::size_t whole = pairs / side * side;
  if (whole > 0) {
    configure(side, side);
    for (std::size_t k = 0; k < whole; k += most_steps * side)
      add_steps(a + k * rows, b + k * columns, std::min(most_steps, (whole - k) / side), side, rows,
                columns, out);
  }
  if (whole < pairs) {
    configure(side, pairs - whole);
    add_steps(a + whole * rows, b + whole * columns, 1, pairs - whole, rows, columns, out);
  }
  release();
}

}  // namespace faceshot::training_ops::matrix::amx

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
