// From tensors to the kernels' arguments. Includes Torch: keep it out of other headers.
#pragma once

#include <torch/types.h>

#include "training_ops/element.hpp"

namespace faceshot::training_ops {

/// The first element; null for an undefined tensor.
template <typename Element>
Element* data_of(const torch::Tensor& tensor) {
  return tensor.defined() ? static_cast<Element*>(tensor.data_ptr()) : nullptr;
}

/// Null stays null.
template <typename Element>
Element* at(Element* from, std::size_t first) {
  return from == nullptr ? nullptr : from + first;
}

[[nodiscard]] inline bool has_fast_element(const torch::Tensor& tensor) {
  return tensor.scalar_type() == torch::kFloat || tensor.scalar_type() == torch::kBFloat16;
}

/// Calls body(Element{}) with the kernels' type for the tensor's elements.
template <typename Body>
void with_element(const torch::Tensor& tensor, const Body& body) {
  if (tensor.scalar_type() == torch::kBFloat16)
    body(BFloat16{});
  else
    body(float{});
}

/// In the kernels' memory order; a copy if necessary.
[[nodiscard]] inline torch::Tensor channels_last(const torch::Tensor& map) {
  return map.contiguous(torch::MemoryFormat::ChannelsLast);
}

}  // namespace faceshot::training_ops
