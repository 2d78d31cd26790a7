// Which instructions kernels may use: the one place that asks the CPU.
#pragma once

#include <cstdint>
#include <optional>

namespace faceshot::base {

/// Each level has all before it. `baseline` is what the compiler may assume: SSE2 on x86-64, NEON
/// on arm64.
enum class Isa : std::uint8_t { baseline, avx2, avx512, avx512_bf16 };

/// What the environment variable FACESHOT_ISA says: sse4 (baseline), avx2, avx512 or avx512_bf16;
/// none if it is not set or empty. Looked up once. Thread safe.
/// @throws Error(invalid_argument) if the variable has another value
[[nodiscard]] std::optional<Isa> isa_cap();

/// The best level of this CPU that isa_cap() allows: what every kernel obeys
/// (levels.hpp), and oneDNN too (engine/plan/dnnl_primitive.hpp). Thread safe.
/// @throws as isa_cap()
[[nodiscard]] Isa isa();

/// What the CPU has, whatever the environment says.
[[nodiscard]] Isa cpu_isa();

/// Whether kernels may use Intel's tiles of bfloat16 (AMX): on a CPU that has them beside
/// avx512_bf16, where FACESHOT_ISA is not set and the system gives leave. Linux enables the tiles'
/// 8 KB of state for programs that ask; the first call asks, and threads made later inherit it.
/// Thread safe.
/// @throws as isa_cap()
[[nodiscard]] bool has_tiles();

}  // namespace faceshot::base
