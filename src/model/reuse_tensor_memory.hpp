// Keeps the memory of tensors for later ones of the same size. Includes no Torch.
#pragma once

#include <cstddef>

namespace faceshot::model {

/// Makes this process's tensors (LibTorch's CPU allocator) keep their memory by size when they are
/// freed: training steps request the same sizes over and over, and for each malloc searches and
/// merges blocks of hundreds of kilobytes. If more than `limit` bytes are unused when a new size is
/// requested, all of them go back to malloc.
/// Programs call it once, before starting threads; earlier tensors are freed as before.
void reuse_tensor_memory(std::size_t limit = std::size_t{2} << 30);

}  // namespace faceshot::model
