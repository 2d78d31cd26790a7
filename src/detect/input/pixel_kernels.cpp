#include "detect/input/pixel_kernels.hpp"

#include <algorithm>
#include <cstring>

#include "base/simd/isa.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define FACESHOT_X86
#endif

namespace faceshot::detect::pixels {
namespace {

using base::Isa;

// Always inlined into functions for one instruction set each, and compiled for it there.
#define FACESHOT_INLINE inline __attribute__((always_inline))

// --- rows ----------------------------------------------------------------------------------------

/// Up to four rows in one pass over the sum.
template <std::size_t number, bool adds>
FACESHOT_INLINE void sum_some(const WeightedRow* rows, std::size_t count, float* __restrict sum) {
  const std::uint8_t* __restrict values[number];
  float weights[number];
  for (std::size_t r = 0; r < number; ++r) {
    values[r] = rows[r].values;
    weights[r] = rows[r].weight;
  }
  for (std::size_t i = 0; i < count; ++i) {
    float total = adds ? sum[i] : 0.0F;
    for (std::size_t r = 0; r < number; ++r) total += static_cast<float>(values[r][i]) * weights[r];
    sum[i] = total;
  }
}

template <bool adds>
FACESHOT_INLINE void sum_last(const WeightedRow* rows, std::size_t number, std::size_t count,
                              float* sum) {
  switch (number) {
    case 1:
      return sum_some<1, adds>(rows, count, sum);
    case 2:
      return sum_some<2, adds>(rows, count, sum);
    case 3:
      return sum_some<3, adds>(rows, count, sum);
    default:
      return sum_some<4, adds>(rows, count, sum);
  }
}

FACESHOT_INLINE void sum_rows_of(std::span<const WeightedRow> rows, std::size_t count, float* sum) {
  // In pieces that stay in the first-level cache between passes.
  constexpr std::size_t piece = 2048;
  std::array<WeightedRow, 4> some{};
  for (std::size_t first = 0; first < count; first += piece) {
    const std::size_t values = std::min(piece, count - first);
    for (std::size_t r = 0; r < rows.size(); r += 4) {
      const std::size_t number = std::min<std::size_t>(4, rows.size() - r);
      for (std::size_t i = 0; i < number; ++i)
        some[i] = {rows[r + i].values + first, rows[r + i].weight};
      if (r == 0)
        sum_last<false>(some.data(), number, values, sum + first);
      else
        sum_last<true>(some.data(), number, values, sum + first);
    }
  }
}

// --- columns -------------------------------------------------------------------------------------

// A pixel: three channels, and one lane of the next pixel that nobody looks at.
typedef float Pixel __attribute__((vector_size(16)));

FACESHOT_INLINE Pixel load(const float* from) {
  Pixel p;
  std::memcpy(&p, from, sizeof p);
  return p;
}

FACESHOT_INLINE Pixel pixel_at(const float* row, std::size_t step, const ColumnTaps& taps,
                               std::size_t x) {
  const float* const from = row + static_cast<std::size_t>(taps.first[x]) * step;
  const float* const weights = taps.weights.data() + x * taps.count;
  Pixel sum = load(from) * weights[0];
  for (std::size_t t = 1; t < taps.count; ++t) sum += load(from + t * step) * weights[t];
  return sum;
}

template <std::size_t step>
FACESHOT_INLINE void columns_of(const float* row, const ColumnTaps& taps, const Planes& planes) {
  const std::size_t width = taps.first.size();
  std::size_t x = 0;
  for (; x + 4 <= width; x += 4) {
    const Pixel a = pixel_at(row, step, taps, x), b = pixel_at(row, step, taps, x + 1);
    const Pixel c = pixel_at(row, step, taps, x + 2), d = pixel_at(row, step, taps, x + 3);
    const Pixel ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const Pixel cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Pixel ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Pixel cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const Pixel channels[3] = {__builtin_shufflevector(ab, cd, 0, 1, 4, 5),
                               __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                               __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5)};
    for (std::size_t k = 0; k < 3; ++k) {
      const Pixel out = channels[k] * planes.gain[k] + planes.offset[k];
      std::memcpy(planes.out[k] + x, &out, sizeof out);
    }
  }
  for (; x < width; ++x) {
    const Pixel p = pixel_at(row, step, taps, x);
    for (std::size_t k = 0; k < 3; ++k) planes.out[k][x] = p[k] * planes.gain[k] + planes.offset[k];
  }
}

FACESHOT_INLINE void scale_columns_of(const float* row, std::size_t step, const ColumnTaps& taps,
                                      const Planes& planes) {
  if (step == 3)
    columns_of<3>(row, taps, planes);
  else
    columns_of<4>(row, taps, planes);
}

// --- pixels --------------------------------------------------------------------------------------

template <std::size_t step>
FACESHOT_INLINE void split_plainly(const std::uint8_t* __restrict row, std::size_t first,
                                   std::size_t pixels, const Planes& planes) {
  float* __restrict const a = planes.out[0];
  float* __restrict const b = planes.out[1];
  float* __restrict const c = planes.out[2];
  const auto [gain_a, gain_b, gain_c] = planes.gain;
  const auto [offset_a, offset_b, offset_c] = planes.offset;
  for (std::size_t x = first; x < pixels; ++x) {
    a[x] = static_cast<float>(row[x * step]) * gain_a + offset_a;
    b[x] = static_cast<float>(row[x * step + 1]) * gain_b + offset_b;
    c[x] = static_cast<float>(row[x * step + 2]) * gain_c + offset_c;
  }
}

#ifdef FACESHOT_X86
/// Sixteen bytes to floats.
__attribute__((target("avx2,fma"))) FACESHOT_INLINE void store_avx2(__m128i bytes, float gain,
                                                                    float offset, float* out) {
  const __m256 g = _mm256_set1_ps(gain), o = _mm256_set1_ps(offset);
  const __m256 low = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
  const __m256 high = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)));
  _mm256_storeu_ps(out, _mm256_add_ps(_mm256_mul_ps(low, g), o));
  _mm256_storeu_ps(out + 8, _mm256_add_ps(_mm256_mul_ps(high, g), o));
}

/// Sixteen pixels of three bytes at a time: each channel's bytes are picked from three vectors.
__attribute__((target("avx2,fma"))) FACESHOT_INLINE std::size_t split_three(const std::uint8_t* row,
                                                                            std::size_t pixels,
                                                                            const Planes& planes) {
  // Where the channel's bytes are in each vector; 128 and more gives zero.
  alignas(16) std::uint8_t places[3][3][16];
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t v = 0; v < 3; ++v)
      for (std::size_t x = 0; x < 16; ++x) {
        const std::size_t byte = 3 * x + k;
        places[k][v][x] = static_cast<std::uint8_t>(byte / 16 == v ? byte % 16 : 128);
      }
  std::size_t x = 0;
  for (; x + 16 <= pixels; x += 16) {
    __m128i in[3];
    for (std::size_t v = 0; v < 3; ++v)
      in[v] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 3 * x + 16 * v));
    for (std::size_t k = 0; k < 3; ++k) {
      __m128i bytes = _mm_setzero_si128();
      for (std::size_t v = 0; v < 3; ++v)
        bytes = _mm_or_si128(
            bytes, _mm_shuffle_epi8(
                       in[v], _mm_load_si128(reinterpret_cast<const __m128i*>(places[k][v]))));
      store_avx2(bytes, planes.gain[k], planes.offset[k], planes.out[k] + x);
    }
  }
  return x;
}
#endif

FACESHOT_INLINE void split_rest(const std::uint8_t* row, std::size_t first, std::size_t pixels,
                                std::size_t step, const Planes& planes) {
  if (step == 3)
    split_plainly<3>(row, first, pixels, planes);
  else
    split_plainly<4>(row, first, pixels, planes);
}

FACESHOT_INLINE void expand_gray_of(const float* row, std::size_t pixels, float* out) {
  for (std::size_t x = 0; x < pixels; ++x) out[3 * x] = out[3 * x + 1] = out[3 * x + 2] = row[x];
}

/// blue = gain * (y - black) + blue_u * u, ...
struct YuvMatrix {
  float black, gain, blue_u, green_u, green_v, red_v;
};

/// By the shares of red and blue in luma that the standards name.
constexpr YuvMatrix yuv_matrix(YuvColour colour) {
  const bool hd = colour == YuvColour::bt709 || colour == YuvColour::bt709_full;
  const bool full = colour == YuvColour::bt601_full || colour == YuvColour::bt709_full;
  const double red = hd ? 0.2126 : 0.299, blue = hd ? 0.0722 : 0.114, green = 1 - red - blue;
  const double chroma = full ? 1.0 : 255.0 / 224;
  return {full ? 0.0F : 16.0F,
          full ? 1.0F : static_cast<float>(255.0 / 219),
          static_cast<float>(chroma * 2 * (1 - blue)),
          static_cast<float>(-chroma * 2 * (1 - blue) * blue / green),
          static_cast<float>(-chroma * 2 * (1 - red) * red / green),
          static_cast<float>(chroma * 2 * (1 - red))};
}

template <std::size_t step>
FACESHOT_INLINE void convert_yuv_step(const YuvRow& row, std::size_t pixels,
                                      float* __restrict out) {
  const YuvMatrix m = yuv_matrix(row.colour);
  const float* __restrict const luma = row.luma;
  const float* __restrict const blue = row.blue;
  const float* __restrict const red = row.red;
  const auto cut = [](float v) { return v < 0 ? 0.0F : v > 255 ? 255.0F : v; };
  for (std::size_t x = 0; x < pixels; ++x) {
    const float y = m.gain * (luma[x] - m.black);
    const float u = blue[x / 2 * step] - 128, v = red[x / 2 * step] - 128;
    out[3 * x] = cut(y + m.blue_u * u);
    out[3 * x + 1] = cut(y + m.green_u * u + m.green_v * v);
    out[3 * x + 2] = cut(y + m.red_v * v);
  }
}

/// Twice as wide a row is the rule: frames of 1280 pixels for inputs of 640.
FACESHOT_INLINE void halve_plane(const float* __restrict row, float weight, std::size_t width,
                                 float* __restrict out) {
  for (std::size_t x = 0; x < width; ++x) out[x] = (row[2 * x] + row[2 * x + 1]) * weight;
}

FACESHOT_INLINE void scale_plane_of(const float* row, const ColumnTaps& taps, float* out) {
  const std::size_t width = taps.first.size();
  const bool every_other = width > 1 && taps.count == 2 && taps.first[1] == 2 &&
                           taps.first[width - 1] == static_cast<int>(2 * (width - 1)) &&
                           taps.weights[0] == taps.weights[1];
  if (every_other) return halve_plane(row, taps.weights[0], width, out);
  for (std::size_t x = 0; x < width; ++x) {
    const float* const from = row + taps.first[x];
    const float* const weights = taps.weights.data() + x * taps.count;
    float sum = from[0] * weights[0];
    for (std::size_t t = 1; t < taps.count; ++t) sum += from[t] * weights[t];
    out[x] = sum;
  }
}

/// One channel: (luma * weights[0] + blue * weights[1] + red * weights[2] + weights[3]), cut.
FACESHOT_INLINE void mix_planes(const YuvRow& row, std::size_t pixels,
                                const std::array<float, 4>& weights, float gain, float offset,
                                float* __restrict out) {
  const float* __restrict const luma = row.luma;
  const float* __restrict const blue = row.blue;
  const float* __restrict const red = row.red;
  const float of_luma = weights[0], of_blue = weights[1], of_red = weights[2], shift = weights[3];
  for (std::size_t x = 0; x < pixels; ++x) {
    const float value = luma[x] * of_luma + blue[x] * of_blue + red[x] * of_red + shift;
    out[x] = std::min(std::max(value, 0.0F), 255.0F) * gain + offset;
  }
}

/// A channel after the other: of three outputs at once GCC makes no vectors.
FACESHOT_INLINE void convert_yuv_planes_of(const YuvRow& row, std::size_t pixels,
                                           const Planes& planes) {
  const YuvMatrix m = yuv_matrix(row.colour);
  const float black = -m.gain * m.black;
  const std::array<float, 4> weights[3] = {
      {m.gain, m.blue_u, 0, black - 128 * m.blue_u},
      {m.gain, m.green_u, m.green_v, black - 128 * (m.green_u + m.green_v)},
      {m.gain, 0, m.red_v, black - 128 * m.red_v}};
  for (std::size_t k = 0; k < 3; ++k)
    mix_planes(row, pixels, weights[k], planes.gain[k], planes.offset[k], planes.out[k]);
}

FACESHOT_INLINE void convert_yuv_of(const YuvRow& row, std::size_t pixels, float* out) {
  if (row.step == 1)
    convert_yuv_step<1>(row, pixels, out);
  else
    convert_yuv_step<2>(row, pixels, out);
}

// --- instruction sets ----------------------------------------------------------------------------

struct Kernels {
  decltype(&sum_rows) rows;
  decltype(&scale_columns) columns;
  decltype(&split_pixels) split;
  decltype(&expand_gray) gray;
  decltype(&convert_yuv) yuv;
  decltype(&scale_plane) plane;
  decltype(&convert_yuv_planes) yuv_planes;
};

#define FACESHOT_FUNCTIONS(name, attributes)                                                      \
  attributes void rows_##name(std::span<const WeightedRow> rows, std::size_t count, float* sum) { \
    sum_rows_of(rows, count, sum);                                                                \
  }                                                                                               \
  attributes void columns_##name(const float* row, std::size_t step, const ColumnTaps& taps,      \
                                 const Planes& planes) {                                          \
    scale_columns_of(row, step, taps, planes);                                                    \
  }                                                                                               \
  attributes void gray_##name(const float* row, std::size_t pixels, float* out) {                 \
    expand_gray_of(row, pixels, out);                                                             \
  }                                                                                               \
  attributes void yuv_##name(const YuvRow& row, std::size_t pixels, float* out) {                 \
    convert_yuv_of(row, pixels, out);                                                             \
  }

#define FACESHOT_PLANE_FUNCTIONS(name, attributes)                                                 \
  attributes void plane_##name(const float* row, const ColumnTaps& taps, float* out) {             \
    scale_plane_of(row, taps, out);                                                                \
  }                                                                                                \
  attributes void yuv_planes_##name(const YuvRow& row, std::size_t pixels, const Planes& planes) { \
    convert_yuv_planes_of(row, pixels, planes);                                                    \
  }

FACESHOT_PLANE_FUNCTIONS(any, )
FACESHOT_FUNCTIONS(any, )
void split_any(const std::uint8_t* row, std::size_t pixels, std::size_t step,
               const Planes& planes) {
  split_rest(row, 0, pixels, step, planes);
}

#ifdef FACESHOT_X86
FACESHOT_FUNCTIONS(avx2, __attribute__((target("avx2,fma"))))
FACESHOT_PLANE_FUNCTIONS(avx2, __attribute__((target("avx2,fma"))))
#ifdef __clang__
#define FACESHOT_AVX512 "avx2,fma,avx512f,avx512bw,avx512vl"
#else  // GCC stays with half of the register otherwise
#define FACESHOT_AVX512 "avx2,fma,avx512f,avx512bw,avx512vl,prefer-vector-width=512"
#endif
FACESHOT_FUNCTIONS(avx512, __attribute__((target(FACESHOT_AVX512))))
FACESHOT_PLANE_FUNCTIONS(avx512, __attribute__((target(FACESHOT_AVX512))))
__attribute__((target("avx2,fma"))) void split_avx2(const std::uint8_t* row, std::size_t pixels,
                                                    std::size_t step, const Planes& planes) {
  split_rest(row, step == 3 ? split_three(row, pixels, planes) : 0, pixels, step, planes);
}
#endif

Kernels kernels_of(Isa level) {
#ifdef FACESHOT_X86
  if (level >= Isa::avx512)
    return {rows_avx512, columns_avx512, split_avx2,       gray_avx512,
            yuv_avx512,  plane_avx512,   yuv_planes_avx512};
  if (level >= Isa::avx2)
    return {rows_avx2, columns_avx2, split_avx2, gray_avx2, yuv_avx2, plane_avx2, yuv_planes_avx2};
#endif
  return {rows_any, columns_any, split_any, gray_any, yuv_any, plane_any, yuv_planes_any};
}

const Kernels& best() {
  static const Kernels kernels = kernels_of(base::isa());
  return kernels;
}

}  // namespace

void sum_rows(std::span<const WeightedRow> rows, std::size_t count, float* sum) {
  best().rows(rows, count, sum);
}
void scale_columns(const float* row, std::size_t step, const ColumnTaps& taps,
                   const Planes& planes) {
  best().columns(row, step, taps, planes);
}
void split_pixels(const std::uint8_t* row, std::size_t pixels, std::size_t step,
                  const Planes& planes) {
  best().split(row, pixels, step, planes);
}
void expand_gray(const float* row, std::size_t pixels, float* out) {
  best().gray(row, pixels, out);
}
void scale_plane(const float* row, const ColumnTaps& taps, float* out) {
  best().plane(row, taps, out);
}
void convert_yuv_planes(const YuvRow& row, std::size_t pixels, const Planes& planes) {
  best().yuv_planes(row, pixels, planes);
}
void convert_yuv(const YuvRow& row, std::size_t pixels, float* out) {
  best().yuv(row, pixels, out);
}

}  // namespace faceshot::detect::pixels
