// What maps are made of, as the kernels see it. No Torch.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#define FACESHOT_X86_LEVELS  // each_instruction_set.inc
#include <immintrin.h>
#endif

namespace faceshot::training_ops {

/// The upper half of a float.
struct BFloat16 {
  std::uint16_t bits;
};

}  // namespace faceshot::training_ops
