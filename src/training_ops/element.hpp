// What maps are made of, as the kernels see it. No Torch.
#pragma once

#include <cstdint>

namespace faceshot::training_ops {

/// The upper half of a float.
struct BFloat16 {
  std::uint16_t bits;
};

}  // namespace faceshot::training_ops
