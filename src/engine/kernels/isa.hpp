// Which instructions kernels may use.
#pragma once

#include <cstdint>

namespace faceshot::engine {

/// Each level has all before it. `baseline` is what the compiler may assume: SSE2 on x86-64, NEON
/// on arm64.
enum class Isa : std::uint8_t { baseline, avx2, avx512, avx512_bf16 };

/// The best level of this CPU, or what the environment variable FACESHOT_ISA caps it to: sse4,
/// avx2, avx512 or avx512_bf16. Looked up once; a cap holds for oneDNN too.
/// @throws Error(invalid_argument) if the variable has another value
[[nodiscard]] Isa isa();

/// What the CPU has, whatever the environment says.
[[nodiscard]] Isa cpu_isa();

}  // namespace faceshot::engine
