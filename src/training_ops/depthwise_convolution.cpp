#include "training_ops/depthwise_convolution.hpp"

#include <ATen/record_function.h>

#include "training_ops/depthwise_kind.hpp"

namespace faceshot::training_ops {

bool is_fast_depthwise(const network::Layer& layer, const torch::Tensor& in) {
  const network::Padding& p = layer.padding;
  return layer.kind == network::LayerKind::conv && layer.groups == layer.in_channels &&
         layer.in_channels == layer.out_channels && layer.kernel.height == 3 &&
         layer.kernel.width == 3 && layer.dilation == 1 && !layer.bias && !layer.pads_same &&
         p.top == 1 && p.bottom == 1 && p.left == 1 && p.right == 1 &&
         (layer.stride == 1 || layer.stride == 2) &&
         static_cast<std::size_t>(layer.in_channels) % depthwise::channel_block == 0 &&
         has_fast_element(in);
}

torch::Tensor depthwise_convolution(const torch::Tensor& in, const torch::Tensor& weight,
                                    int stride) {
  RECORD_FUNCTION("faceshot::depthwise_convolution", std::vector<c10::IValue>());  // for profilers
  return ConvolutionFunction<DepthwiseKind>::apply(in, weight, static_cast<std::int64_t>(stride));
}

}  // namespace faceshot::training_ops
