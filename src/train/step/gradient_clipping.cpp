#include "train/step/gradient_clipping.hpp"

#include <torch/types.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <span>

namespace faceshot::train {
namespace {

/// A parameter's gradient in memory order; empty if it has none.
std::span<float> gradient_of(torch::Tensor parameter) {
  if (!parameter.grad().defined()) return {};
  if (!parameter.grad().is_non_overlapping_and_dense())
    parameter.mutable_grad() = parameter.grad().contiguous();
  return {parameter.grad().data_ptr<float>(), static_cast<std::size_t>(parameter.numel())};
}

/// Several independent sums: a single one would serialise the additions.
double sum_of_squares(std::span<const float> values) {
  constexpr std::size_t columns = 16;
  double sums[columns] = {};
  std::size_t i = 0;
  for (; i + columns <= values.size(); i += columns)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto v = static_cast<double>(values[i + c]);
      sums[c] += v * v;
    }
  for (; i < values.size(); ++i)
    sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return std::accumulate(std::begin(sums), std::end(sums), 0.0);
}

}  // namespace

void clip_gradients(const model::TorchNetwork& network, double largest_norm) {
  double square = 0;
  for (const auto& [name, parameter] : network.parameters())
    square += sum_of_squares(gradient_of(parameter));
  const double factor = largest_norm / (std::sqrt(square) + 1e-6);
  if (factor >= 1) return;
  for (const auto& [name, parameter] : network.parameters())
    for (float& g : gradient_of(parameter)) g *= static_cast<float>(factor);
}

}  // namespace faceshot::train
