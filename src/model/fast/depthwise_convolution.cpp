#include "model/fast/depthwise_convolution.hpp"

#include <ATen/record_function.h>

#include <vector>

#include "model/fast/depthwise_kernels.hpp"
#include "model/fast/images.hpp"
#include "model/fast/tensor_element.hpp"

namespace faceshot {
namespace {

depthwise::Shape shape_of(const torch::Tensor& map, std::int64_t stride) {
  return {static_cast<std::size_t>(map.size(2)), static_cast<std::size_t>(map.size(3)),
          static_cast<std::size_t>(map.size(1)), static_cast<std::size_t>(stride)};
}

/// [C, 1, 3, 3] to [9, C].
torch::Tensor by_tap(const torch::Tensor& weight) {
  return weight.detach().permute({2, 3, 1, 0}).reshape({9, -1}).contiguous();
}

class DepthwiseConvolution : public torch::autograd::Function<DepthwiseConvolution> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& weight, std::int64_t stride) {
    const torch::Tensor x = channels_last(in);
    const depthwise::Shape shape = shape_of(x, stride);
    const torch::Tensor taps = by_tap(weight);
    const torch::Tensor y =
        torch::empty({x.size(0), x.size(1), static_cast<std::int64_t>(shape.out_height()),
                      static_cast<std::int64_t>(shape.out_width())},
                     x.options(), torch::MemoryFormat::ChannelsLast);
    with_element(x, [&]<typename Element>(Element) {
      const std::vector<Element> zeros(shape.width * shape.channels);
      const std::size_t in_size = shape.height * shape.width * shape.channels;
      const std::size_t out_size = shape.out_height() * shape.out_width() * shape.channels;
      for_each_image(x.size(0), [&](std::size_t i) {
        depthwise::forward<Element>(data_of<Element>(x) + i * in_size, taps.data_ptr<float>(),
                                    data_of<Element>(y) + i * out_size, shape, zeros.data());
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
    const depthwise::Shape shape = shape_of(x, context->saved_data["stride"].toInt());
    const torch::Tensor taps = by_tap(saved[1]);
    const torch::Tensor dx = torch::empty_like(x);
    torch::Tensor weight_gradient;
    with_element(x, [&]<typename Element>(Element) {
      const std::vector<Element> zeros(shape.width * shape.channels);
      const std::size_t in_size = shape.height * shape.width * shape.channels;
      const std::size_t out_size = shape.out_height() * shape.out_width() * shape.channels;
      weight_gradient =
          sum_over_images(x.size(0), 9 * shape.channels, [&](std::size_t i, float* gradient) {
            depthwise::backward<Element>(data_of<Element>(x) + i * in_size, taps.data_ptr<float>(),
                                         data_of<Element>(dy) + i * out_size,
                                         data_of<Element>(dx) + i * in_size, gradient, shape,
                                         zeros.data());
          });
    });
    return {dx, weight_gradient.view({3, 3, 1, -1}).permute({3, 2, 0, 1}), torch::Tensor()};
  }
};

}  // namespace

bool is_fast_depthwise(const Layer& layer, const torch::Tensor& in) {
  const Padding& p = layer.padding;
  return layer.kind == LayerKind::conv && layer.groups == layer.in_channels &&
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
  return DepthwiseConvolution::apply(in, weight, static_cast<std::int64_t>(stride));
}

}  // namespace faceshot
