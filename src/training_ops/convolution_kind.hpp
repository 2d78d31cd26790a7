// The convolutions with training kernels of our own, cut into pieces for threads. Each kind has
//
//   output()          an empty map for the result
//   forward_piece()   elements of the output that are computed at a time, and backward_piece()
//   input_at(first)   the element of the input that corresponds to the beginning of a piece
//   forward(first, count, y)              computes a piece of the output
//   backward(first, count, dy, dx, sums)  from a piece of the output's gradient, located by
//                     dy(first, count, scratch): the input's gradient, and the piece's
//                     contribution to the weights', `sum_count()` numbers that are initially 0
//   weight_gradients(sums)  those numbers in the layout of the weights
//
// and `has_input_gradient`; `takes_float`: supports float besides bfloat16. Pieces do not depend on
// the number of threads. Includes Torch: keep it out of other headers.
#pragma once

#include <c10/core/CPUAllocator.h>
#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/parallel.hpp"
#include "training_ops/map_pieces.hpp"
#include "training_ops/tensor_element.hpp"

namespace faceshot::training_ops {

enum class Pass { forward, backward };

[[nodiscard]] inline torch::Tensor empty_map(const torch::Tensor& like, std::int64_t channels,
                                             std::size_t height, std::size_t width) {
  return torch::empty(
      {like.size(0), channels, static_cast<std::int64_t>(height), static_cast<std::int64_t>(width)},
      like.options(), torch::MemoryFormat::ChannelsLast);
}

/// Weights [O, I, height, width] as [height, width, I][O]. A plain loop: on arrays of this size,
/// the overhead of Torch's operators exceeds their work.
[[nodiscard]] inline std::vector<float> weights_by_tap(const torch::Tensor& weight) {
  const torch::Tensor in_order = weight.detach().contiguous(torch::MemoryFormat::ChannelsLast);
  const auto* const from = in_order.data_ptr<float>();
  const auto outputs = static_cast<std::size_t>(weight.size(0));
  std::vector<float> taps(static_cast<std::size_t>(weight.numel()));
  const std::size_t each = taps.size() / outputs;
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t t = 0; t < each; ++t) taps[t * outputs + o] = from[o * each + t];
  return taps;
}

/// Uninitialised working memory, from the tensors' allocator.
template <typename T>
class Scratch {
 public:
  explicit Scratch(std::size_t size)
      : memory_(c10::GetCPUAllocator()->allocate(size * sizeof(T))) {}
  [[nodiscard]] T* get() const { return static_cast<T*>(memory_.get()); }

 private:
  c10::DataPtr memory_;
};

/// Sums over pieces, body(first, count, sums), added in order: the result does not depend on the
/// number of threads.
template <typename Kind, typename Body>
[[nodiscard]] std::vector<torch::Tensor> weight_gradients_of(const Kind& kind, const Pieces& pieces,
                                                             const Body& body) {
  const std::size_t size = kind.sum_count();
  const auto number = static_cast<std::size_t>(pieces.number());
  const Scratch<float> parts(number * size);
  pieces.for_each([&](std::size_t first, std::size_t count, std::size_t p) {
    float* const part = parts.get() + p * size;
    std::fill_n(part, size, 0.0F);
    body(first, count, part);
  });
  torch::Tensor sum = torch::empty({static_cast<std::int64_t>(size)});
  constexpr std::size_t block = 1024;
  base::parallel_for((size + block - 1) / block, torch::get_num_threads(), [&](std::size_t b) {
    double total[block] = {};
    const std::size_t first = b * block, count = std::min(block, size - first);
    for (std::size_t p = 0; p < number; ++p)
      for (std::size_t i = 0; i < count; ++i)
        total[i] += static_cast<double>(parts.get()[p * size + first + i]);
    std::transform(total, total + count, sum.data_ptr<float>() + first,
                   [](double value) { return static_cast<float>(value); });
  });
  return kind.weight_gradients(sum);
}

/// A convolution alone, as an autograd function.
template <typename Kind>
class ConvolutionFunction : public torch::autograd::Function<ConvolutionFunction<Kind>> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& weight, std::int64_t stride) {
    const torch::Tensor x = channels_last(in);
    const Kind kind(x, weight, stride);
    const torch::Tensor y = kind.output();
    with_element(x, [&]<typename Element>(Element) {
      Pieces(y, kind.forward_piece())
          .for_each([&](std::size_t first, std::size_t count, std::size_t) {
            kind.forward(first, count, data_of<Element>(y) + first);
          });
    });
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor& x = saved[0];
    const torch::Tensor dy = channels_last(gradients[0]);
    const Kind kind(x, saved[1], context->saved_data["stride"].toInt());
    torch::Tensor dx;
    std::vector<torch::Tensor> dw;
    if constexpr (Kind::has_input_gradient) dx = torch::empty_like(x);
    with_element(x, [&]<typename Element>(Element) {
      const auto* const from = data_of<Element>(dy);
      dw = weight_gradients_of(
          kind, Pieces(dy, kind.backward_piece()),
          [&](std::size_t first, std::size_t count, float* sums) {
            kind.backward(
                first, count, [&](std::size_t at, std::size_t, Element*) { return from + at; },
                at(data_of<Element>(dx), kind.input_at(first)), sums);
          });
    });
    return {dx, dw.front(), torch::Tensor()};
  }
};

}  // namespace faceshot::training_ops
