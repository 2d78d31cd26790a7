// Which instructions kernels may use: the one place that asks the CPU.
#pragma once

#include <cstdint>
#include <optional>

namespace faceshot::base {

/// Each level includes those before it. `baseline` is what the compiler may assume: SSE2 on x86-64,
/// NEON on arm64.
enum class Isa : std::uint8_t { baseline, avx2, avx512, avx512_bf16 };

/// The value of the environment variable FACESHOT_ISA: sse4 (baseline), avx2, avx512 or
/// avx512_bf16; nothing if it is unset or empty. Read once. Thread safe.
/// @throws Error(invalid_argument) if the variable has another value
[[nodiscard]] std::optional<Isa> isa_cap();

/// The best level of this CPU that isa_cap() allows. Every kernel obeys it (levels.hpp), and so
/// does oneDNN (engine/plan/dnnl_primitive.hpp). Thread safe.
/// @throws as isa_cap()
[[nodiscard]] Isa isa();

/// The CPU's level, whatever the environment says.
[[nodiscard]] Isa cpu_isa();

/// Whether kernels may use Intel's bfloat16 tiles (AMX): the CPU must have them in addition to
/// avx512_bf16, FACESHOT_ISA must be unset, and the system must permit it. Linux enables the tiles'
/// 8 KB of state for programs that ask; the first call asks, and threads created later inherit the
/// permission. Thread safe.
/// @throws as isa_cap()
[[nodiscard]] bool has_tiles();

}  // namespace faceshot::base
