// Nested loops over strided arrays: the common part of transposition, slicing, broadcasting and
// reduction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/graph/graph.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {

/// Strides of a dense row-major array, in elements.
[[nodiscard]] inline Shape row_major_strides(const Shape& shape) {
  Shape strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

/// Loops over N arrays at once, outermost first.
template <std::size_t N>
struct Loops {
  static constexpr std::size_t max_depth = 8;
  std::size_t depth = 1;
  std::array<std::int64_t, max_depth> size{1};
  std::array<std::array<std::int64_t, max_depth>, N> stride{};  ///< [array][loop]

  [[nodiscard]] std::int64_t run_size() const { return size[depth - 1]; }
  /// Stride of an array within the innermost loop.
  [[nodiscard]] std::int64_t run_stride(std::size_t array) const {
    return stride[array][depth - 1];
  }
};

/// Loops over all axes of a shape. Axes of size 1 are dropped, and adjacent axes that are
/// contiguous in all arrays are merged, which makes the innermost loop as long as possible.
/// @throws Error(unsupported) if more than 8 loops remain
template <std::size_t N>
[[nodiscard]] Loops<N> make_loops(const Shape& shape, const std::array<Shape, N>& strides) {
  Loops<N> loops;
  std::size_t depth = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) continue;
    bool joins = depth > 0;
    for (std::size_t a = 0; joins && a < N; ++a)
      joins = loops.stride[a][depth - 1] == strides[a][d] * shape[d];
    if (!joins && depth == Loops<N>::max_depth)
      throw Error(ErrorCode::unsupported, "network: a tensor of " + text_of(shape) +
                                              " has more axes than the engine supports");
    if (!joins) loops.size[depth++] = 1;
    loops.size[depth - 1] *= shape[d];
    for (std::size_t a = 0; a < N; ++a) loops.stride[a][depth - 1] = strides[a][d];
  }
  loops.depth = depth > 0 ? depth : 1;
  return loops;
}

/// Calls body(offsets) at the start of each innermost loop; `offsets` has one offset per array.
template <std::size_t N, typename Body>
void for_each_run(const Loops<N>& loops, const Body& body) {
  for (std::size_t d = 0; d < loops.depth; ++d)
    if (loops.size[d] == 0) return;
  std::array<std::int64_t, Loops<N>::max_depth> index{};
  std::array<std::int64_t, N> offset{};
  while (true) {
    body(offset);
    std::size_t d = loops.depth - 1;  // the loop around the innermost, counted from 1
    for (; d > 0; --d) {
      const std::size_t loop = d - 1;
      for (std::size_t a = 0; a < N; ++a) offset[a] += loops.stride[a][loop];
      if (++index[loop] < loops.size[loop]) break;
      for (std::size_t a = 0; a < N; ++a) offset[a] -= loops.stride[a][loop] * loops.size[loop];
      index[loop] = 0;
    }
    if (d == 0) return;
  }
}

/// Copies between arrays 0 (from) and 1 (to).
template <typename T>
void copy_strided(const Loops<2>& loops, const T* from, T* to) {
  const std::int64_t count = loops.run_size(), in = loops.run_stride(0), out = loops.run_stride(1);
  for_each_run(loops, [&](const std::array<std::int64_t, 2>& offset) {
    const T* const x = from + offset[0];
    T* const y = to + offset[1];
    if (in == 1 && out == 1) {
      for (std::int64_t i = 0; i < count; ++i) y[i] = x[i];
    } else {
      for (std::int64_t i = 0; i < count; ++i) y[i * out] = x[i * in];
    }
  });
}

}  // namespace faceshot::engine
