#include "training_ops/first_convolution.hpp"

#include <ATen/record_function.h>

#include "training_ops/first_kind.hpp"

namespace faceshot::training_ops {

bool is_fast_first_convolution(const network::Layer& layer, const torch::Tensor& in) {
  const network::Padding& p = layer.padding;
  return layer.kind == network::LayerKind::conv && layer.in_channels == 3 && layer.groups == 1 &&
         layer.kernel.height == 3 && layer.kernel.width == 3 && layer.dilation == 1 &&
         !layer.bias && !layer.pads_same && p.top == 1 && p.bottom == 1 && p.left == 1 &&
         p.right == 1 && (layer.stride == 1 || layer.stride == 2) &&
         static_cast<std::size_t>(layer.out_channels) % first_conv::channel_block == 0 &&
         has_fast_element(in) && !in.requires_grad();
}

torch::Tensor first_convolution(const torch::Tensor& in, const torch::Tensor& weight, int stride) {
  RECORD_FUNCTION("faceshot::first_convolution", std::vector<c10::IValue>());  // for profilers
  return ConvolutionFunction<FirstKind>::apply(in, weight, static_cast<std::int64_t>(stride));
}

}  // namespace faceshot::training_ops
