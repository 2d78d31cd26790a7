// Vectors of floats, for the instructions that the including file is compiled for: a part of
// row_kernels_impl.hpp, which says what holds here.
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
  return value - Vector<Lanes>{};  // 0 + value would be computed, as -0 + 0 is not -0
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

}  // namespace
}  // namespace faceshot::engine
