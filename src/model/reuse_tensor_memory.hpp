// Memory for tensors that is kept for the next one of the same size. Includes no Torch.
#pragma once

#include <cstddef>

namespace faceshot::model {

/// Makes this process's tensors (LibTorch's CPU allocator) keep their memory when they end, by
/// size: a training step wants the same sizes again and again, and malloc searches and joins blocks
/// of hundreds of kilobytes for each of them. Once more than `limit` bytes wait unused, all of them
/// go back to malloc when a size is wanted that is not among them.
/// For programs to call once, before threads are started; tensors of before are freed as before.
void reuse_tensor_memory(std::size_t limit = std::size_t{2} << 30);

}  // namespace faceshot::model
