#include "model/torch_layers.hpp"

#include <ATen/autocast_mode.h>
#include <torch/autograd.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "training_ops/depthwise_convolution.hpp"
#include "training_ops/first_convolution.hpp"

namespace faceshot::model {
namespace {

using network::Layer;

/// min(max(x, 0), 6), whose gradient depends only on its output. LibTorch 1.13's own hardtanh has
/// no bfloat16 backward pass on CPUs.
class Relu6 : public torch::autograd::Function<Relu6> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in) {
    const torch::Tensor out = torch::clamp(in, 0, 6);
    context->save_for_backward({out});
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::Tensor out = context->get_saved_variables()[0];
    const torch::Tensor above = at::threshold_backward(gradients[0], out, 0);
    return {at::threshold_backward(above, 6 - out, 0)};
  }
};

/// TensorFlow's SAME: zeros so that ceil(size / stride) positions fit, odd ones at the end.
torch::Tensor pad_same(const torch::Tensor& in, const Layer& layer) {
  const auto total = [&](std::int64_t size, int kernel) {
    const std::int64_t positions = (size + layer.stride - 1) / layer.stride;
    return std::max<std::int64_t>(
        (positions - 1) * layer.stride + layer.dilation * (kernel - 1) + 1 - size, 0);
  };
  const std::int64_t y = total(in.size(2), layer.kernel.height);
  const std::int64_t x = total(in.size(3), layer.kernel.width);
  return torch::constant_pad_nd(in, {x / 2, x - x / 2, y / 2, y - y / 2});
}

bool is_symmetric(const network::Padding& p) { return p.top == p.bottom && p.left == p.right; }

}  // namespace

torch::Tensor relu6(const torch::Tensor& in) { return Relu6::apply(in); }

torch::Tensor largest_of_runs(const torch::Tensor& in, const std::vector<int>& runs) {
  const std::int64_t all = std::accumulate(runs.begin(), runs.end(), std::int64_t{0});
  // Channels last whatever the layout was: runs are then contiguous in memory.
  const torch::Tensor rows = in.permute({0, 2, 3, 1}).reshape({-1, all});
  std::vector<torch::Tensor> largest;
  const std::vector<std::int64_t> sizes(runs.begin(), runs.end());
  for (const torch::Tensor& run : rows.split_with_sizes(sizes, 1))
    largest.push_back(run.size(1) == 1 ? run : std::get<0>(run.max(1, true)));
  return torch::cat(largest, 1)
      .reshape({in.size(0), in.size(2), in.size(3), -1})
      .permute({0, 3, 1, 2});
}

torch::Tensor convolved(const torch::Tensor& in, const Layer& layer, const torch::Tensor& weight,
                        const torch::Tensor& bias) {
  const network::Padding& p = layer.padding;
  const std::vector<std::int64_t> none{0, 0};
  if (layer.pads_same)
    return torch::conv2d(pad_same(in, layer), weight, bias, layer.stride, none, layer.dilation,
                         layer.groups);
  if (is_symmetric(p))
    return torch::conv2d(in, weight, bias, layer.stride, {p.top, p.left}, layer.dilation,
                         layer.groups);
  return torch::conv2d(torch::constant_pad_nd(in, {p.left, p.right, p.top, p.bottom}), weight, bias,
                       layer.stride, none, layer.dilation, layer.groups);
}

bool has_type_to_convolve(const torch::Tensor& in) {
  return in.scalar_type() ==
         (at::autocast::is_cpu_enabled() ? at::autocast::get_autocast_cpu_dtype() : torch::kFloat);
}

torch::Tensor fast_convolved(const torch::Tensor& in, const Layer& layer,
                             const torch::Tensor& weight, const torch::Tensor& bias) {
  if (has_type_to_convolve(in)) {
    if (training_ops::is_fast_depthwise(layer, in))
      return training_ops::depthwise_convolution(in, weight, layer.stride);
    if (training_ops::is_fast_first_convolution(layer, in))
      return training_ops::first_convolution(in, weight, layer.stride);
  }
  return convolved(in, layer, weight, bias);
}

}  // namespace faceshot::model
