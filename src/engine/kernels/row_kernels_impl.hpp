// The kernels of row_kernels.hpp, for the instructions that the including file is compiled for.
// They are written in the compiler's vector types, so that one text serves SSE, AVX2, AVX-512 and
// NEON.
//
// Everything is in an unnamed namespace, and nothing of the standard library is called: what the
// linker would merge with another file's copy must not hold instructions that a CPU may lack.
#pragma once

#include "engine/kernels/depthwise_impl.hpp"
#include "engine/kernels/pointwise_impl.hpp"

namespace faceshot::engine {
namespace {

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
      // Pixels that several columns see are loaded for each: kept, they push sums out of registers.
      const Element* at = row + kx * Number::together;
      __asm__("" : "+r"(at));
      typename Number::Weights weight[Wide];
#pragma GCC unroll 4
      for (int w = 0; w < Wide; ++w)
        weight[w] = Number::weights(weights + w * panel_size + (r * 3 + kx) * step);
#pragma GCC unroll 24
      for (int p = 0; p < Pixels; ++p) {
        const auto x = Number::broadcast(at + p * 2 * Number::together);
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
