// The element types of maps in the kernels. No Torch.
#pragma once

#include <cstdint>

namespace faceshot::training_ops {

/// The upper half of a float.
struct BFloat16 {
  std::uint16_t bits;
};

}  // namespace faceshot::training_ops
