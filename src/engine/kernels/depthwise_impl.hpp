// Depthwise convolutions, for the instructions that the including file is compiled for: a part of
// row_kernels_impl.hpp, which says what holds here.
#pragma once

#include "engine/kernels/row_vectors_impl.hpp"

namespace faceshot::engine {
namespace {

template <int Lanes>
[[gnu::always_inline]] inline void put(float* to, Vector<Lanes> v) {
  store<Lanes>(to, v);
}
#if defined(__AVX512BF16__)
template <int Lanes>
[[gnu::always_inline]] inline void put(std::uint16_t* to, Vector<Lanes> v) {
  static_assert(Lanes == 16 || Lanes == 8);
  if constexpr (Lanes == 16)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v)));
  else
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(v)));
}
#endif

template <Kind kind, int Lanes, class Element>
[[gnu::always_inline]] inline void put_depthwise(const DepthwiseRun& run, std::int64_t x,
                                                 std::int64_t c, Vector<Lanes> sum) {
  put<Lanes>(static_cast<Element*>(run.out) + (x - run.first) * run.channels + c,
             activate<kind, Lanes>(sum, run.activation));
}

/// One output at the image's edge.
template <Kind kind, int Lanes, class Element>
[[gnu::always_inline]] inline void depthwise_edge(const DepthwiseRun& run, std::int64_t x,
                                                  std::int64_t c) {
  Vector<Lanes> sum = load<Lanes>(run.bias + c);
  for (int kx = 0; kx < 3; ++kx) {
    const std::int64_t column = x * run.stride - run.left + kx;
    if (column < 0 || column >= run.width) continue;
    for (int ky = 0; ky < 3; ++ky)
      sum += load<Lanes>(run.rows[ky] + column * run.channels + c) *
             load<Lanes>(run.weights + (ky * 3 + kx) * run.channels + c);
  }
  put_depthwise<kind, Lanes, Element>(run, x, c, sum);
}

/// `Pixels` outputs beside one another that see only columns of the image.
template <Kind kind, int Lanes, int Stride, int Pixels, class Element>
[[gnu::always_inline]] inline void depthwise_tile(const DepthwiseRun& run,
                                                  const Vector<Lanes> (&weight)[9],
                                                  Vector<Lanes> bias, std::int64_t x,
                                                  std::int64_t c) {
  constexpr int columns = (Pixels - 1) * Stride + 3;
  Vector<Lanes> sum[Pixels];
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p) sum[p] = bias;
  const std::int64_t start = (x * Stride - run.left) * run.channels + c;
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    const float* row = run.rows[ky] + start;
#pragma GCC unroll 24
    for (int column = 0; column < columns; ++column) {
      const Vector<Lanes> v = load_once<Lanes>(row);
      row += run.channels;
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        const int kx = column - p * Stride;
        if (kx >= 0 && kx < 3) sum[p] += v * weight[ky * 3 + kx];
      }
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p) put_depthwise<kind, Lanes, Element>(run, x + p, c, sum[p]);
}

/// Pixels [first, last) of `Lanes` channels, whose weights stay in registers.
template <Kind kind, int Lanes, int Stride, class Element>
[[gnu::always_inline]] inline void depthwise_column(const DepthwiseRun& run, std::int64_t first,
                                                    std::int64_t last, std::int64_t c) {
  Vector<Lanes> weight[9];
#pragma GCC unroll 9
  for (int k = 0; k < 9; ++k) weight[k] = load_once<Lanes>(run.weights + k * run.channels + c);
  const Vector<Lanes> bias = load_once<Lanes>(run.bias + c);
  constexpr int pixels = lanes_here == 16 ? 8 : 4;
  std::int64_t x = first;
  for (; x + pixels <= last; x += pixels)
    depthwise_tile<kind, Lanes, Stride, pixels, Element>(run, weight, bias, x, c);
  for (; x + 2 <= last; x += 2)
    depthwise_tile<kind, Lanes, Stride, 2, Element>(run, weight, bias, x, c);
  for (; x < last; ++x) depthwise_tile<kind, Lanes, Stride, 1, Element>(run, weight, bias, x, c);
}

/// All channels of pixels [first, last): the widest registers first, then what is left.
template <Kind kind, int Stride, class Element>
[[gnu::always_inline]] inline void depthwise_pixels(const DepthwiseRun& run, std::int64_t first,
                                                    std::int64_t last) {
  std::int64_t c = 0;
  for (; c + lanes_here <= run.channels; c += lanes_here)
    depthwise_column<kind, lanes_here, Stride, Element>(run, first, last, c);
  if constexpr (lanes_here > 8)
    for (; c + 8 <= run.channels; c += 8)
      depthwise_column<kind, 8, Stride, Element>(run, first, last, c);
  if constexpr (lanes_here > 4 && sizeof(Element) == sizeof(float))
    for (; c + 4 <= run.channels; c += 4)
      depthwise_column<kind, 4, Stride, Element>(run, first, last, c);
}

template <Kind kind, class Element>
[[gnu::always_inline]] inline void depthwise_edges(const DepthwiseRun& run, std::int64_t x) {
  std::int64_t c = 0;
  for (; c + lanes_here <= run.channels; c += lanes_here)
    depthwise_edge<kind, lanes_here, Element>(run, x, c);
  if constexpr (lanes_here > 8)
    for (; c + 8 <= run.channels; c += 8) depthwise_edge<kind, 8, Element>(run, x, c);
  if constexpr (lanes_here > 4 && sizeof(Element) == sizeof(float))
    for (; c + 4 <= run.channels; c += 4) depthwise_edge<kind, 4, Element>(run, x, c);
}

template <Kind kind, int Stride, class Element>
void depthwise_row(const DepthwiseRun& given) {
  const DepthwiseRun run = given;  // nothing that is written can be it
  // Outputs [begin, end) see no column outside the image.
  std::int64_t begin = (run.left + Stride - 1) / Stride;
  std::int64_t end = run.width + run.left >= 3 ? (run.width + run.left - 3) / Stride + 1 : 0;
  begin = begin < run.first ? run.first : begin > run.last ? run.last : begin;
  end = end < begin ? begin : end > run.last ? run.last : end;
  std::int64_t x = run.first;
  for (; x < begin; ++x) depthwise_edges<kind, Element>(run, x);
  depthwise_pixels<kind, Stride, Element>(run, x, end);
  x = end;
  for (; x < run.last; ++x) depthwise_edges<kind, Element>(run, x);
}

template <class Element, Kind kind>
void depthwise_of_kind(const DepthwiseRun& run) {
  if (run.stride == 1)
    depthwise_row<kind, 1, Element>(run);
  else
    depthwise_row<kind, 2, Element>(run);
}

template <class Element>
void depthwise_as(const DepthwiseRun& run) {
  switch (kind_of(run.activation)) {
    case Kind::none:
      return depthwise_of_kind<Element, Kind::none>(run);
    case Kind::relu:
      return depthwise_of_kind<Element, Kind::relu>(run);
    case Kind::any:
      return depthwise_of_kind<Element, Kind::any>(run);
  }
}

void depthwise(const DepthwiseRun& run) { depthwise_as<float>(run); }

#if defined(__AVX512BF16__)
void depthwise_to_bf16(const DepthwiseRun& run) { depthwise_as<std::uint16_t>(run); }

void to_bf16(const float* from, std::uint16_t* to, std::int64_t count) {
  std::int64_t i = 0;
  for (; i + 16 <= count; i += 16) put<16>(to + i, load<16>(from + i));
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    std::uint16_t last[16];
    put<16>(last, load_some<16>(from + i, rest));
    for (int j = 0; j < rest; ++j) to[i + j] = last[j];
  }
}
#endif

}  // namespace
}  // namespace faceshot::engine
