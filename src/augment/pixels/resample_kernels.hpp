// The inner loop of resample() over whole rows. Compiled for several instruction sets, one of which
// is selected at run time; all give the same bits. Pure, thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/simd/isa.hpp"

namespace faceshot::augment {

/// One row of bytes and its weight, in 256ths.
struct WeightedRow {
  const std::uint8_t* values;
  std::uint16_t weight;
};

/// sum[i] = rows[0].values[i] * rows[0].weight + ..., in 8.8 fixed point. Weights that sum to 256
/// keep it within 16 bits, which makes this loop fast.
/// @param rows  at least one
/// @param count values of each row
using SumRows = void (*)(std::span<const WeightedRow> rows, std::size_t count, std::uint16_t* sum);

/// @param level at most what the CPU has
[[nodiscard]] SumRows sum_rows_at(base::Isa level);

/// The one for this CPU, limited by FACESHOT_ISA (isa()).
[[nodiscard]] SumRows sum_rows();

}  // namespace faceshot::augment
