// Which instructions the kernels here may use. No Torch.
#pragma once

#include <cstdint>

namespace faceshot::training_ops {

/// Each has all before it. `any` is what the compiler may assume; `amx` is Intel's tiles of
/// bfloat16.
enum class InstructionSet : std::uint8_t { any, avx2, avx512, avx512_bf16, amx };

/// The best of this CPU that FACESHOT_ISA allows (base/simd/isa.hpp); `amx` only where that is
/// not set and the system gives leave to use the tiles. Looked up once.
/// @throws Error(invalid_argument) if the variable has a value that it may not have
[[nodiscard]] InstructionSet instruction_set();

}  // namespace faceshot::training_ops
