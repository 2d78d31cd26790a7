// One way to compile kernels for every level of isa.hpp, and to choose among them at run time.
//
// A source file of kernels includes this header, then everything else that it needs, and then
//
//     namespace {
//     #define FACESHOT_KERNELS "ROOM/NAME_loops.inc"
//     #include "base/simd/each_level.inc"
//     }
//     const Kernels& k = FACESHOT_KERNELS_AT(base::isa(), kernels);
//
// where NAME_loops.inc holds the loops and, at its end, `constexpr Kernels kernels{...}`: a table
// of functions (or a template of one, `kernels<Element>`). It is compiled once per level, each time
// in a namespace of its own (baseline, avx2, avx512, avx512_bf16), with `lanes` floats per register
// and FACESHOT_LEVEL to compare with FACESHOT_AVX2 and so on. Processors other than x86-64 get the
// baseline alone.
//
// The loops must not include anything: inline functions of headers would be compiled for that level
// too, and the linker might keep that copy for the whole program. Standard library templates that
// are not inlined are compiled for the baseline, since they were defined before.
#pragma once

#include "base/simd/isa.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#define FACESHOT_X86_LEVELS
#include <immintrin.h>
#endif

#define FACESHOT_BASELINE 0
#define FACESHOT_AVX2 1
#define FACESHOT_AVX512 2
#define FACESHOT_AVX512_BF16 3

// Whether kernels may use AMX (tiles.inc); tests compile them once more with emulated tiles.
#ifdef FACESHOT_EMULATE_TILES
#define FACESHOT_HAS_TILES true
#else
#define FACESHOT_HAS_TILES ::faceshot::base::has_tiles()
#endif

// For the loops' own functions: inlined into those that a table holds. A member function is static.
#define FACESHOT_INLINE static inline __attribute__((always_inline))

// `kernels` of the highest compiled level up to `level`, or `otherwise` at the baseline.
#ifdef FACESHOT_X86_LEVELS
#define FACESHOT_KERNELS_ABOVE_BASELINE(level, kernels, otherwise)      \
  ((level) >= ::faceshot::base::Isa::avx512_bf16 ? avx512_bf16::kernels \
   : (level) >= ::faceshot::base::Isa::avx512    ? avx512::kernels      \
   : (level) >= ::faceshot::base::Isa::avx2      ? avx2::kernels        \
                                                 : (otherwise))
#else
#define FACESHOT_KERNELS_ABOVE_BASELINE(level, kernels, otherwise) ((void)(level), (otherwise))
#endif
#define FACESHOT_KERNELS_AT(level, kernels) \
  FACESHOT_KERNELS_ABOVE_BASELINE(level, kernels, baseline::kernels)
