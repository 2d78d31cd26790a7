// The inner loop of resample() over whole rows. Compiled for several instruction sets; the best
// that the machine has is taken when the program runs, and all give the same bits. Pure, safe to
// call from many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace faceshot {

/// One row of bytes and what it counts, in 256ths.
struct WeightedRow {
  const std::uint8_t* values;
  std::uint16_t weight;
};

/// sum[i] = rows[0].values[i] * rows[0].weight + ..., in 8.8 fixed point. Weights that sum to 256
/// keep it within 16 bits, which is what makes this loop fast.
/// @param rows  at least one
/// @param count values of each row
void sum_rows(std::span<const WeightedRow> rows, std::size_t count, std::uint16_t* sum);

}  // namespace faceshot
