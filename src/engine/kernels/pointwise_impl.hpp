// Pointwise convolutions, for the instructions that the including file is compiled for: a part of
// row_kernels_impl.hpp, which says what holds here.
#pragma once

#include "engine/kernels/row_vectors_impl.hpp"

namespace faceshot::engine {
namespace {

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
  // With eight lanes a step is so short that counting steps is a tenth of it.
#pragma GCC unroll(lanes_here == 8 ? 4 : 1)
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

}  // namespace
}  // namespace faceshot::engine
