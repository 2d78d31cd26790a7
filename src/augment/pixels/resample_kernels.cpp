#include "augment/pixels/resample_kernels.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#define FACESHOT_X86
#endif

namespace faceshot::augment {
namespace {

// Always inlined into functions for one instruction set each, and compiled for it there.
#define FACESHOT_INLINE inline __attribute__((always_inline))

// Two rows at a time: half as many passes over the sum.
FACESHOT_INLINE void set_rows(WeightedRow a, WeightedRow b, std::size_t size,
                              std::uint16_t* __restrict sum) {
  const std::uint8_t* __restrict x = a.values;
  const std::uint8_t* __restrict y = b.values;
  for (std::size_t i = 0; i < size; ++i)
    sum[i] = static_cast<std::uint16_t>(x[i] * a.weight + y[i] * b.weight);
}

FACESHOT_INLINE void add_rows(WeightedRow a, WeightedRow b, std::size_t size,
                              std::uint16_t* __restrict sum) {
  const std::uint8_t* __restrict x = a.values;
  const std::uint8_t* __restrict y = b.values;
  for (std::size_t i = 0; i < size; ++i)
    sum[i] = static_cast<std::uint16_t>(sum[i] + x[i] * a.weight + y[i] * b.weight);
}

FACESHOT_INLINE void add_row(WeightedRow a, std::size_t size, std::uint16_t* __restrict sum) {
  const std::uint8_t* __restrict x = a.values;
  for (std::size_t i = 0; i < size; ++i)
    sum[i] = static_cast<std::uint16_t>(sum[i] + x[i] * a.weight);
}

FACESHOT_INLINE void rows_body(std::span<const WeightedRow> rows, std::size_t size,
                               std::uint16_t* sum) {
  if (rows.size() == 1) {
    for (std::size_t i = 0; i < size; ++i)
      sum[i] = static_cast<std::uint16_t>(rows[0].values[i] * rows[0].weight);
    return;
  }
  set_rows(rows[0], rows[1], size, sum);
  std::size_t r = 2;
  for (; r + 1 < rows.size(); r += 2) add_rows(rows[r], rows[r + 1], size, sum);
  if (r < rows.size()) add_row(rows[r], size, sum);
}

void rows_any(std::span<const WeightedRow> rows, std::size_t size, std::uint16_t* sum) {
  rows_body(rows, size, sum);
}

#ifdef FACESHOT_X86
__attribute__((target("avx2"))) void rows_avx2(std::span<const WeightedRow> rows, std::size_t size,
                                               std::uint16_t* sum) {
  rows_body(rows, size, sum);
}
#endif

}  // namespace

SumRows sum_rows_at([[maybe_unused]] base::Isa level) {
#ifdef FACESHOT_X86
  if (level >= base::Isa::avx2) return &rows_avx2;
#endif
  return &rows_any;
}

SumRows sum_rows() {
  static const SumRows chosen = sum_rows_at(base::isa());
  return chosen;
}

}  // namespace faceshot::augment
