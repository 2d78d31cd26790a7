#include "train/gradient_clipping.hpp"

#include <torch/torch.h>

#include <cmath>
#include <cstddef>
#include <span>

namespace faceshot {
namespace {

/// A parameter's gradient in the order of memory, whatever that is; none if it has none.
std::span<float> gradient_of(torch::Tensor parameter) {
  if (!parameter.grad().defined()) return {};
  if (!parameter.grad().is_non_overlapping_and_dense())
    parameter.mutable_grad() = parameter.grad().contiguous();
  return {parameter.grad().data_ptr<float>(), static_cast<std::size_t>(parameter.numel())};
}

}  // namespace

void clip_gradients(const TorchNetwork& network, double largest_norm) {
  double square = 0;
  for (const auto& [name, parameter] : network.parameters())
    for (const float g : gradient_of(parameter))
      square += static_cast<double>(g) * static_cast<double>(g);
  const double factor = largest_norm / (std::sqrt(square) + 1e-6);
  if (factor >= 1) return;
  for (const auto& [name, parameter] : network.parameters())
    for (float& g : gradient_of(parameter)) g *= static_cast<float>(factor);
}

}  // namespace faceshot
