#include "model/fast/first_convolution.hpp"

#include <ATen/record_function.h>

#include <vector>

#include "model/fast/first_convolution_kernels.hpp"
#include "model/fast/images.hpp"
#include "model/fast/tensor_element.hpp"

namespace faceshot {
namespace {

class FirstConvolution : public torch::autograd::Function<FirstConvolution> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& weight, std::int64_t stride) {
    const torch::Tensor x = channels_last(in);
    const auto shape = shape_of(x, weight, stride);
    const torch::Tensor taps = weight.detach().permute({2, 3, 1, 0}).reshape({27, -1}).contiguous();
    const torch::Tensor y =
        torch::empty({x.size(0), weight.size(0), static_cast<std::int64_t>(shape.out_height()),
                      static_cast<std::int64_t>(shape.out_width())},
                     x.options(), torch::MemoryFormat::ChannelsLast);
    with_element(x, [&]<typename Element>(Element) {
      for_each_image(x.size(0), [&](std::size_t i) {
        std::vector<float> scratch(shape.scratch());
        first_conv::forward<Element>(
            data_of<Element>(x) + i * in_size(shape), taps.data_ptr<float>(),
            data_of<Element>(y) + i * out_size(shape), shape, scratch.data());
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
    const auto shape = shape_of(x, saved[1], context->saved_data["stride"].toInt());
    torch::Tensor gradient;
    with_element(x, [&]<typename Element>(Element) {
      gradient = sum_over_images(
          x.size(0), first_conv::taps * shape.channels, [&](std::size_t i, float* sums) {
            std::vector<float> scratch(shape.scratch());
            first_conv::weight_gradient<Element>(data_of<Element>(x) + i * in_size(shape),
                                                 data_of<Element>(dy) + i * out_size(shape), sums,
                                                 shape, scratch.data());
          });
    });
    return {torch::Tensor(), gradient.view({3, 3, 3, -1}).permute({3, 2, 0, 1}), torch::Tensor()};
  }

 private:
  using Shape = first_conv::Shape;

  static Shape shape_of(const torch::Tensor& x, const torch::Tensor& weight, std::int64_t stride) {
    return {static_cast<std::size_t>(x.size(2)), static_cast<std::size_t>(x.size(3)),
            static_cast<std::size_t>(weight.size(0)), static_cast<std::size_t>(stride)};
  }
  static std::size_t in_size(const Shape& s) { return s.height * s.width * 3; }
  static std::size_t out_size(const Shape& s) {
    return s.out_height() * s.out_width() * s.channels;
  }
};

}  // namespace

bool is_fast_first_convolution(const Layer& layer, const torch::Tensor& in) {
  const Padding& p = layer.padding;
  return layer.kind == LayerKind::conv && layer.in_channels == 3 && layer.groups == 1 &&
         layer.kernel.height == 3 && layer.kernel.width == 3 && layer.dilation == 1 &&
         !layer.bias && !layer.pads_same && p.top == 1 && p.bottom == 1 && p.left == 1 &&
         p.right == 1 && (layer.stride == 1 || layer.stride == 2) &&
         static_cast<std::size_t>(layer.out_channels) % first_conv::channel_block == 0 &&
         has_fast_element(in) && !in.requires_grad();
}

torch::Tensor first_convolution(const torch::Tensor& in, const torch::Tensor& weight, int stride) {
  RECORD_FUNCTION("faceshot::first_convolution", std::vector<c10::IValue>());  // for profilers
  return FirstConvolution::apply(in, weight, static_cast<std::int64_t>(stride));
}

}  // namespace faceshot
