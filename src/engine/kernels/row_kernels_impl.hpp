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
/// Loads it once: compilers like to read memory anew for each use.
template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> load_once(const float* from) {
  Vector<Lanes> v = load<Lanes>(from);
#if defined(__AVX512F__)
  __asm__("" : "+v"(v));
#elif defined(__x86_64__)
  if constexpr (Lanes == lanes_here) __asm__("" : "+x"(v));
#elif defined(__aarch64__)
  __asm__("" : "+w"(v));
#endif
  return v;
}
/// The first `count` floats; the others are 0.
template <int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> load_some(const float* from, int count) {
#if defined(__AVX512F__)
  if constexpr (Lanes == 16)
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1), from);
#endif
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

/// What a RowActivation comes to: the first two are most of all.
enum class Kind { none, relu, any };

Kind kind_of(const RowActivation& a) {
  if (a.upper < __builtin_inff()) return Kind::any;
  return a.slope == 1.0F ? Kind::none : a.slope == 0.0F ? Kind::relu : Kind::any;
}

template <Kind kind, int Lanes>
[[gnu::always_inline]] inline Vector<Lanes> activate(Vector<Lanes> x, const RowActivation& a) {
  if constexpr (kind == Kind::none) return x;
  const Vector<Lanes> below = kind == Kind::relu ? Vector<Lanes>{} : x * a.slope;
  x = below > x ? below : x;
  if constexpr (kind == Kind::relu) return x;
  const Vector<Lanes> upper = all<Lanes>(a.upper);
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

/// Writes Pixels x Wide registers of sums.
template <Kind kind, int Wide, int Pixels, class Run>
[[gnu::always_inline]] inline void finish_tile(const Run& run, const float* addend,
                                               Vector<lanes_here> (&sum)[Pixels][Wide],
                                               std::int64_t pixel, std::int64_t panel) {
  constexpr int lanes = lanes_here;
  const std::int64_t start = pixel * run.out_stride + panel * lanes;
  const std::int64_t left = run.outputs - panel * lanes;  // outputs from this panel on
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p) {
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) {
      const std::int64_t at = start + p * run.out_stride + w * lanes;
      if (w + 1 < Wide || left >= Wide * lanes) {
        if (addend != nullptr) sum[p][w] += load<lanes>(addend + at);
        store<lanes>(run.out + at, activate<kind, lanes>(sum[p][w], run.activation));
      } else {
        const int count = static_cast<int>(left - w * lanes);
        if (addend != nullptr) sum[p][w] += load_some<lanes>(addend + at, count);
        store_some<lanes>(run.out + at, activate<kind, lanes>(sum[p][w], run.activation), count);
      }
    }
  }
}

template <int Wide, int Pixels, class Run>
[[gnu::always_inline]] inline void finish_tile(const Run& run, const float* addend,
                                               Vector<lanes_here> (&sum)[Pixels][Wide],
                                               std::int64_t pixel, std::int64_t panel) {
  switch (kind_of(run.activation)) {
    case Kind::none:
      return finish_tile<Kind::none, Wide, Pixels>(run, addend, sum, pixel, panel);
    case Kind::relu:
      return finish_tile<Kind::relu, Wide, Pixels>(run, addend, sum, pixel, panel);
    case Kind::any:
      return finish_tile<Kind::any, Wide, Pixels>(run, addend, sum, pixel, panel);
  }
}

/// Pixels x Wide registers of sums that stay in registers over the whole reduction.
/// @tparam Inputs how many there are, and from pixel to pixel, where the compiler may know: then
///         all addresses of a tile are one register and constants
template <class Number, int Wide, int Pixels, int Inputs = 0>
[[gnu::always_inline]] inline void pointwise_tile(const PointwiseRun& given, std::int64_t pixel,
                                                  std::int64_t panel) {
  const PointwiseRun run = given;  // nothing that is written can be it
  using Element = typename Number::Element;
  constexpr int lanes = lanes_here;
  const std::int64_t inputs = Inputs > 0 ? Inputs : run.inputs;
  const std::int64_t in_stride = Inputs > 0 ? Inputs : run.in_stride;
  const std::int64_t steps = (inputs + Number::together - 1) / Number::together;
  const std::int64_t panel_size = steps * lanes * Number::together;
  const Element* const in = static_cast<const Element*>(run.in) + pixel * in_stride;
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
      const auto x = Number::broadcast(in + p * in_stride + k * Number::together);
#pragma GCC unroll 4
      for (int w = 0; w < Wide; ++w) sum[p][w] = Number::add(sum[p][w], x, row[w]);
    }
  }
  finish_tile<Wide, Pixels>(run, run.addend, sum, pixel, panel);
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

template <class Number, int Wide, int Pixels, int Inputs>
[[gnu::always_inline]] inline std::int64_t pointwise_tiles(const PointwiseRun& run,
                                                           std::int64_t panel) {
  std::int64_t pixel = 0;
  for (; pixel + Pixels <= run.pixels; pixel += Pixels)
    pointwise_tile<Number, Wide, Pixels, Inputs>(run, pixel, panel);
  return pixel;
}

template <class Number, int Wide, int Pixels>
void pointwise_panels(const PointwiseRun& run, std::int64_t panel) {
  // With one register of outputs there are many pixels, and more addresses than registers for them.
  const bool dense = Wide == 1 && lanes_here == 16 && run.inputs == run.in_stride;
  const std::int64_t known = dense ? run.inputs : 0;
  const std::int64_t pixel = known == 16   ? pointwise_tiles<Number, Wide, Pixels, 16>(run, panel)
                             : known == 32 ? pointwise_tiles<Number, Wide, Pixels, 32>(run, panel)
                             : known == 64 ? pointwise_tiles<Number, Wide, Pixels, 64>(run, panel)
                                           : pointwise_tiles<Number, Wide, Pixels, 0>(run, panel);
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

// --- the first convolution ---------------------------------------------------------------------

template <class Number, int Wide, int Pixels>
[[gnu::always_inline]] inline void first_tile(const FirstRun& given, std::int64_t pixel,
                                              std::int64_t panel) {
  using Element = typename Number::Element;
  const FirstRun run = given;  // nothing that is written can be it
  constexpr int lanes = lanes_here;
  constexpr std::int64_t rows = (9 + Number::together - 1) / Number::together;
  constexpr std::int64_t step = lanes * Number::together;
  constexpr std::int64_t panel_size = rows * 3 * step;
  const Element* const weights = static_cast<const Element*>(run.weights) + panel * panel_size;
  Vector<lanes> sum[Pixels][Wide];
#pragma GCC unroll 24
  for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 4
    for (int w = 0; w < Wide; ++w) sum[p][w] = load<lanes>(run.bias + (panel + w) * lanes);
  for (std::int64_t r = 0; r < rows; ++r) {
    const Element* const row =
        static_cast<const Element*>(run.rows[r]) + pixel * 2 * Number::together;
#pragma GCC unroll 3
    for (int kx = 0; kx < 3; ++kx) {
      typename Number::Weights weight[Wide];
#pragma GCC unroll 4
      for (int w = 0; w < Wide; ++w)
        weight[w] = Number::weights(weights + w * panel_size + (r * 3 + kx) * step);
#pragma GCC unroll 24
      for (int p = 0; p < Pixels; ++p) {
        const auto x = Number::broadcast(row + (p * 2 + kx) * Number::together);
#pragma GCC unroll 4
        for (int w = 0; w < Wide; ++w) sum[p][w] = Number::add(sum[p][w], x, weight[w]);
      }
    }
  }
  finish_tile<Wide, Pixels>(run, nullptr, sum, pixel, panel);
}

template <class Number, int Wide, int Pixels>
void first_panels(const FirstRun& run, std::int64_t panel) {
  std::int64_t pixel = 0;
  for (; pixel + Pixels <= run.pixels; pixel += Pixels)
    first_tile<Number, Wide, Pixels>(run, pixel, panel);
  for (; pixel + 4 <= run.pixels; pixel += 4) first_tile<Number, Wide, 4>(run, pixel, panel);
  for (; pixel < run.pixels; ++pixel) first_tile<Number, Wide, 1>(run, pixel, panel);
}

template <class Number>
void first(const FirstRun& run) {
  const std::int64_t panels = (run.outputs + lanes_here - 1) / lanes_here;
  std::int64_t panel = 0;
  for (; panel + 2 <= panels; panel += 2) first_panels<Number, 2, sums_of_two>(run, panel);
  if (panel < panels) first_panels<Number, 1, sums_of_one>(run, panel);
}

#if defined(__AVX512BF16__)
/// The upper halves of 16 floats, rounded, as whole numbers.
[[gnu::always_inline]] inline __m512i halves(Vector<16> v) {
  return _mm512_maskz_cvtepu16_epi32(0xFFFF, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v)));
}
[[gnu::always_inline]] inline __m512i pairs_of(Vector<16> a, Vector<16> b) {
  return _mm512_or_si512(halves(a), _mm512_maskz_slli_epi32(0xFFFF, halves(b), 16));
}

void to_bf16_pairs(const float* a, const float* b, std::uint16_t* to, std::int64_t count) {
  std::int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm512_storeu_si512(to + 2 * i, pairs_of(load<16>(a + i), load<16>(b + i)));
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    _mm512_mask_storeu_epi32(to + 2 * i, static_cast<__mmask16>((1U << rest) - 1),
                             pairs_of(load_some<16>(a + i, rest), load_some<16>(b + i, rest)));
  }
}
#endif

// --- pooling -----------------------------------------------------------------------------------

template <int Lanes>
[[gnu::always_inline]] inline void max_pool_columns(const MaxPoolRun& run, std::int64_t& c) {
  for (; c + Lanes <= run.channels; c += Lanes) {
    for (std::int64_t x = 0; x < run.pixels; ++x) {
      Vector<Lanes> most = all<Lanes>(-__builtin_inff());
      for (std::int64_t ky = 0; ky < run.kernel_height; ++ky)
        for (std::int64_t kx = 0; kx < run.kernel_width; ++kx) {
          const Vector<Lanes> v =
              load<Lanes>(run.rows[ky] + (x * run.stride + kx) * run.channels + c);
          most = v > most ? v : most;
        }
      store<Lanes>(run.out + x * run.channels + c, most);
    }
  }
}

void max_pool(const MaxPoolRun& given) {
  const MaxPoolRun run = given;  // nothing that is written can be it
  std::int64_t c = 0;
  max_pool_columns<lanes_here>(run, c);
  if constexpr (lanes_here > 4) max_pool_columns<4>(run, c);
  for (; c < run.channels; ++c) {
    for (std::int64_t x = 0; x < run.pixels; ++x) {
      float most = -__builtin_inff();
      for (std::int64_t ky = 0; ky < run.kernel_height; ++ky)
        for (std::int64_t kx = 0; kx < run.kernel_width; ++kx) {
          const float v = run.rows[ky][(x * run.stride + kx) * run.channels + c];
          most = v > most ? v : most;
        }
      run.out[x * run.channels + c] = most;
    }
  }
}

void upsample_add(const UpsampleAddRun& given) {
  const UpsampleAddRun run = given;  // nothing that is written can be it
  for (std::int64_t x = 0; x < run.pixels; ++x) {
    const float* const fine = run.fine + x * run.channels;
    const float* const coarse = run.coarse + x / 2 * run.channels;
    float* const out = run.out + x * run.channels;
    std::int64_t c = 0;
    for (; c + lanes_here <= run.channels; c += lanes_here)
      store<lanes_here>(out + c, load<lanes_here>(fine + c) + load<lanes_here>(coarse + c));
    for (; c < run.channels; ++c) out[c] = fine[c] + coarse[c];
  }
}

RowKernels kernels_here() {
  RowKernels kernels;
  kernels.lanes = lanes_here;
  kernels.pointwise = pointwise<Float32>;
  kernels.depthwise = depthwise;
  kernels.first = first<Float32>;
  kernels.max_pool = max_pool;
  kernels.upsample_add = upsample_add;
#if defined(__AVX512BF16__)
  kernels.pointwise_bf16 = pointwise<BFloat16>;
  kernels.depthwise_to_bf16 = depthwise_to_bf16;
  kernels.first_bf16 = first<BFloat16>;
  kernels.to_bf16 = to_bf16;
  kernels.to_bf16_pairs = to_bf16_pairs;
#endif
  return kernels;
}

}  // namespace
}  // namespace faceshot::engine
