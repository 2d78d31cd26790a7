// The kernels of row_kernels.hpp, for the instructions that the including file is compiled for.
// They are written in the compiler's vector types, so that one text serves SSE, AVX2, AVX-512 and
// NEON.
//
// Everything is in an unnamed namespace, and nothing of the standard library is called: what the
// linker would merge with another file's copy must not hold instructions that a CPU may lack.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "engine/kernels/row_kernels.hpp"

namespace faceshot::engine {
namespace {

#if defined(__AVX512F__)
constexpr int lanes_here = 16;
constexpr int sums_of_four = 6, sums_of_three = 8, sums_of_two = 12, sums_of_one = 16;
constexpr int widest = 4;  // registers of outputs that are computed together
#elif defined(__AVX2__)
constexpr int lanes_here = 8;
constexpr int sums_of_two = 6, sums_of_one = 10;
constexpr int widest = 2;
#else
constexpr int lanes_here = 4;
constexpr int sums_of_two = 6, sums_of_one = 10;
constexpr int widest = 2;
#endif

/// `Lanes` floats; memory need not be aligned.
template <int Lanes>
struct Vectors {
  typedef float Vector __attribute__((vector_size(Lanes * sizeof(float))));
  typedef float Unaligned
      __attribute__((vector_size(Lanes * sizeof(float)), aligned(4), may_alias));
};
template <int Lanes>
using Vector = typename Vectors<Lanes>::Vector;

template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> load(const float* from) {
  return *reinterpret_cast<const typename Vectors<Lanes>::Unaligned*>(from);
}
template <int Lanes>
[[gnu::always_inline]] inline void store(float* to, Vector<Lanes> v) {
  *reinterpret_cast<typename Vectors<Lanes>::Unaligned*>(to) = v;
}
template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> all(float value) {
  return Vector<Lanes>{} + value;
}
/// The first `count` floats; the others are 0.
template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> load_some(const float* from, int count) {
  Vector<Lanes> v{};
  for (int i = 0; i < count; ++i) v[i] = from[i];
  return v;
}
template <int Lanes>
[[gnu::always_inline]] inline void store_some(float* to, Vector<Lanes> v, int count) {
#if defined(__AVX512F__)
  if constexpr (Lanes == 16) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1), v);
    return;
  }
#endif
  for (int i = 0; i < count; ++i) to[i] = v[i];
}

template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> activate(Vector<Lanes> x, const RowActivation& a) {
  const Vector<Lanes> below = x * a.slope, upper = all<Lanes>(a.upper);
  x = below > x ? below : x;
  return x < upper ? x : upper;
}

// --- pointwise ---------------------------------------------------------------------------------

/// One step of a sum: a broadcast element (or pair of bfloat16) times a vector of weights.
struct Float32 {
  using Element = float;
  static constexpr std::int64_t together = 1;
  using Weights = Vector<lanes_here>;
  [[gnu::always_inline]] static Weights broadcast(const float* from) {
    return all<lanes_here>(*from);
  }
  [[gnu::always_inline]] static Weights weights(const float* from) {
    return load<lanes_here>(from);
  }
  [[gnu::always_inline]] static Vector<lanes_here> add(Vector<lanes_here> sum, Weights x,
                                                       Weights w) {
    return sum + x * w;
  }
};

#if defined(__AVX512BF16__)
struct BFloat16 {
  using Element = std::uint16_t;
  static constexpr std::int64_t together = 2;
  using Weights = __m512bh;
  [[gnu::always_inline]] static Weights broadcast(const std::uint16_t* from) {
    std::int32_t pair = 0;
    __builtin_memcpy(&pair, from, sizeof pair);
    return reinterpret_cast<Weights>(_mm512_set1_epi32(pair));
  }
  [[gnu::always_inline]] static Weights weights(const std::uint16_t* from) {
    return reinterpret_cast<Weights>(_mm512_loadu_si512(from));
  }
  [[gnu::always_inline]] static Vector<16> add(Vector<16> sum, Weights x, Weights w) {
    return _mm512_dpbf16_ps(sum, x, w);
  }
};
#endif

/// Pixels x Wide registers of sums that stay in registers over the whole reduction.
template <class Number, int Wide, int Pixels>
[[gnu::always_inline]] inline void pointwise_tile(const PointwiseRun& run, std::int64_t pixel,
                                                  std::int64_t panel) {
  using Element = typename Number::Element;
  constexpr int lanes = lanes_here;
  const std::int64_t steps = (run.inputs + Number::together - 1) / Number::together;
  const std::int64_t panel_size = steps * lanes * Number::together;
  const Element* const in = static_cast<const Element*>(run.in) + pixel * run.in_stride;
  const Element* const weights = static_cast<const Element*>(run.weights) + panel * panel_size;
  Vector<lanes> sum[Pixels][Wide];
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) sum[p][w] = load<lanes>(run.bias + (panel + w) * lanes);
  for (std::int64_t k = 0; k < steps; ++k) {
    typename Number::Weights row[Wide];
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w)
      row[w] = Number::weights(weights + w * panel_size + k * lanes * Number::together);
#pragma GCC unroll 24
    for (int p = 0; p < Pixels; ++p) {
      const auto x = Number::broadcast(in + p * run.in_stride + k * Number::together);
#pragma GCC unroll 4
      for (int w = 0; w < Wide; ++w) sum[p][w] = Number::add(sum[p][w], x, row[w]);
    }
  }
  float* const out = run.out + pixel * run.out_stride + panel * lanes;
  const float* const addend = run.addend == nullptr ? nullptr : run.addend + (out - run.out);
  const std::int64_t left = run.outputs - panel * lanes;  // outputs from this panel on
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) {
      const std::int64_t at = p * run.out_stride + w * lanes;
      if (w + 1 < Wide || left >= Wide * lanes) {
        if (addend != nullptr) sum[p][w] += load<lanes>(addend + at);
        store<lanes>(out + at, activate<lanes>(sum[p][w], run.activation));
      } else {
        const int count = static_cast<int>(left - w * lanes);
        if (addend != nullptr) sum[p][w] += load_some<lanes>(addend + at, count);
        store_some<lanes>(out + at, activate<lanes>(sum[p][w], run.activation), count);
      }
    }
  }
}

/// The pixels that are left: fewer than a full tile.
template <class Number, int Wide, int Pixels>
void pointwise_rest(const PointwiseRun& run, std::int64_t pixel, std::int64_t panel) {
  if constexpr (Pixels > 0) {
    if (run.pixels - pixel == Pixels)
      return pointwise_tile<Number, Wide, Pixels>(run, pixel, panel);
    pointwise_rest<Number, Wide, Pixels - 1>(run, pixel, panel);
  }
}

template <class Number, int Wide, int Pixels>
void pointwise_panels(const PointwiseRun& run, std::int64_t panel) {
  std::int64_t pixel = 0;
  for (; pixel + Pixels <= run.pixels; pixel += Pixels)
    pointwise_tile<Number, Wide, Pixels>(run, pixel, panel);
  pointwise_rest<Number, Wide, Pixels - 1>(run, pixel, panel);
}

template <class Number>
void pointwise(const PointwiseRun& run) {
  const std::int64_t panels = (run.outputs + lanes_here - 1) / lanes_here;
  for (std::int64_t panel = 0; panel < panels;) {
    const std::int64_t left = panels - panel;
#if defined(__AVX512F__)
    if (left >= 4) {
      pointwise_panels<Number, 4, sums_of_four>(run, panel);
      panel += 4;
      continue;
    }
    if (left == 3) {
      pointwise_panels<Number, 3, sums_of_three>(run, panel);
      panel += 3;
      continue;
    }
#endif
    if (left >= 2) {
      pointwise_panels<Number, 2, sums_of_two>(run, panel);
      panel += 2;
    } else {
      pointwise_panels<Number, 1, sums_of_one>(run, panel);
      panel += 1;
    }
  }
}

// --- depthwise ---------------------------------------------------------------------------------

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

/// One output at the image's edge.
template <int Lanes, class Element>
void depthwise_edge(const DepthwiseRun& run, std::int64_t x, std::int64_t c) {
  Vector<Lanes> sum = load<Lanes>(run.bias + c);
  for (int kx = 0; kx < 3; ++kx) {
    const std::int64_t column = x * run.stride - run.left + kx;
    if (column < 0 || column >= run.width) continue;
    for (int ky = 0; ky < 3; ++ky)
      sum += load<Lanes>(run.rows[ky] + column * run.channels + c) *
             load<Lanes>(run.weights + (ky * 3 + kx) * run.channels + c);
  }
  put<Lanes>(static_cast<Element*>(run.out) + (x - run.first) * run.channels + c,
             activate<Lanes>(sum, run.activation));
}

/// `Pixels` outputs beside one another that see only columns of the image.
template <int Lanes, int Stride, int Pixels, class Element>
[[gnu::always_inline]] inline void depthwise_tile(const DepthwiseRun& run,
                                                  const Vector<Lanes> (&weight)[9],
                                                  Vector<Lanes> bias, std::int64_t x,
                                                  std::int64_t c) {
  constexpr int columns = (Pixels - 1) * Stride + 3;
  Vector<Lanes> sum[Pixels];
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p) sum[p] = bias;
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    const float* const row = run.rows[ky] + (x * Stride - run.left) * run.channels + c;
#pragma GCC unroll 16
    for (int column = 0; column < columns; ++column) {
      const Vector<Lanes> v = load<Lanes>(row + column * run.channels);
#pragma GCC unroll 8
      for (int p = 0; p < Pixels; ++p) {
        const int kx = column - p * Stride;
        if (kx >= 0 && kx < 3) sum[p] += v * weight[ky * 3 + kx];
      }
    }
  }
  Element* const out = static_cast<Element*>(run.out) + (x - run.first) * run.channels + c;
#pragma GCC unroll 8
  for (int p = 0; p < Pixels; ++p)
    put<Lanes>(out + p * run.channels, activate<Lanes>(sum[p], run.activation));
}

/// A column of `Lanes` channels.
template <int Lanes, int Stride, class Element>
void depthwise_column(const DepthwiseRun& run, std::int64_t c) {
  Vector<Lanes> weight[9];
#pragma GCC unroll 9
  for (int k = 0; k < 9; ++k) weight[k] = load<Lanes>(run.weights + k * run.channels + c);
  const Vector<Lanes> bias = load<Lanes>(run.bias + c);
  // Outputs [begin, end) see no column outside the image.
  std::int64_t begin = (run.left + Stride - 1) / Stride;
  std::int64_t end = run.width + run.left >= 3 ? (run.width + run.left - 3) / Stride + 1 : 0;
  begin = begin < run.first ? run.first : begin > run.last ? run.last : begin;
  end = end < begin ? begin : end > run.last ? run.last : end;
  std::int64_t x = run.first;
  for (; x < begin; ++x) depthwise_edge<Lanes, Element>(run, x, c);
  constexpr int pixels = 4;
  for (; x + pixels <= end; x += pixels)
    depthwise_tile<Lanes, Stride, pixels, Element>(run, weight, bias, x, c);
  for (; x < end; ++x) depthwise_tile<Lanes, Stride, 1, Element>(run, weight, bias, x, c);
  for (; x < run.last; ++x) depthwise_edge<Lanes, Element>(run, x, c);
}

template <int Lanes, class Element>
[[gnu::always_inline]] inline void depthwise_columns(const DepthwiseRun& run, std::int64_t& c) {
  for (; c + Lanes <= run.channels; c += Lanes) {
    if (run.stride == 1)
      depthwise_column<Lanes, 1, Element>(run, c);
    else if (run.stride == 2)
      depthwise_column<Lanes, 2, Element>(run, c);
    else
      for (std::int64_t x = run.first; x < run.last; ++x) depthwise_edge<Lanes, Element>(run, x, c);
  }
}

[[maybe_unused]] void depthwise(const DepthwiseRun& run) {
  std::int64_t c = 0;
  depthwise_columns<lanes_here, float>(run, c);
  if constexpr (lanes_here > 8) depthwise_columns<8, float>(run, c);
  if constexpr (lanes_here > 4) depthwise_columns<4, float>(run, c);
}

#if defined(__AVX512BF16__)
void depthwise_to_bf16(const DepthwiseRun& run) {
  std::int64_t c = 0;
  depthwise_columns<16, std::uint16_t>(run, c);
  depthwise_columns<8, std::uint16_t>(run, c);
}

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

// --- the first convolution ---------------------------------------------------------------------

template <int Wide, int Pixels>
[[gnu::always_inline]] inline void first_tile(const FirstRun& run, std::int64_t pixel,
                                              std::int64_t panel) {
  constexpr int lanes = lanes_here;
  constexpr std::int64_t panel_size = 27 * lanes;
  const float* const weights = run.weights + panel * panel_size;
  Vector<lanes> sum[Pixels][Wide];
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) sum[p][w] = load<lanes>(run.bias + (panel + w) * lanes);
  for (int r = 0; r < 9; ++r) {
    const float* const row = run.rows[r] + pixel * 2;
#pragma GCC unroll 3
    for (int kx = 0; kx < 3; ++kx) {
      Vector<lanes> weight[Wide];
#pragma GCC unroll 4
      for (int w = 0; w < Wide; ++w)
        weight[w] = load<lanes>(weights + w * panel_size + (r * 3 + kx) * lanes);
#pragma GCC unroll 24
      for (int p = 0; p < Pixels; ++p) {
        const Vector<lanes> x = all<lanes>(row[p * 2 + kx]);
#pragma GCC unroll 4
        for (int w = 0; w < Wide; ++w) sum[p][w] += x * weight[w];
      }
    }
  }
  float* const out = run.out + pixel * run.out_stride + panel * lanes;
  const std::int64_t left = run.outputs - panel * lanes;
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) {
      const Vector<lanes> y = activate<lanes>(sum[p][w], run.activation);
      float* const to = out + p * run.out_stride + w * lanes;
      if (w + 1 < Wide || left >= Wide * lanes)
        store<lanes>(to, y);
      else
        store_some<lanes>(to, y, static_cast<int>(left - w * lanes));
    }
  }
}

template <int Wide, int Pixels>
void first_panels(const FirstRun& run, std::int64_t panel) {
  std::int64_t pixel = 0;
  for (; pixel + Pixels <= run.pixels; pixel += Pixels) first_tile<Wide, Pixels>(run, pixel, panel);
  for (; pixel < run.pixels; ++pixel) first_tile<Wide, 1>(run, pixel, panel);
}

void first(const FirstRun& run) {
  const std::int64_t panels = (run.outputs + lanes_here - 1) / lanes_here;
  std::int64_t panel = 0;
  for (; panel + 2 <= panels; panel += 2) first_panels<2, sums_of_two>(run, panel);
  if (panel < panels) first_panels<1, sums_of_one>(run, panel);
}

RowKernels kernels_here() {
  RowKernels kernels;
  kernels.lanes = lanes_here;
  kernels.pointwise = pointwise<Float32>;
  kernels.depthwise = depthwise;
  kernels.first = first;
#if defined(__AVX512BF16__)
  kernels.pointwise_bf16 = pointwise<BFloat16>;
  kernels.depthwise_to_bf16 = depthwise_to_bf16;
  kernels.to_bf16 = to_bf16;
#endif
  return kernels;
}

}  // namespace
}  // namespace faceshot::engine
