#include "model/fast/convolution_batch_norm.hpp"

#include <ATen/record_function.h>

#include "faceshot/error.hpp"
#include "model/fast/batch_norm_passes.hpp"
#include "model/fast/depthwise_convolution.hpp"
#include "model/fast/depthwise_kind.hpp"
#include "model/fast/first_convolution.hpp"
#include "model/fast/first_kind.hpp"
#include "model/fast/pointwise_kind.hpp"

namespace faceshot {
namespace {

/// Kinds for bfloat16 alone have no meaning in float.
template <typename Kind, typename Body>
void with_element_of(const torch::Tensor& map, const Body& body) {
  if constexpr (Kind::takes_float)
    with_element(map, body);
  else
    body(BFloat16{});
}

template <typename Kind>
class ConvolutionBatchNorm : public torch::autograd::Function<ConvolutionBatchNorm<Kind>> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& convolution, const torch::Tensor& weight,
                               const torch::Tensor& bias,
                               const c10::optional<torch::Tensor>& residual,
                               const BatchNormTensors& layer, double epsilon, Activation activation,
                               const SumOverProcesses& sum, std::int64_t stride) {
    const torch::Tensor x = channels_last(in);
    const Kind kind(x, convolution, stride);
    const torch::Tensor y = kind.output();
    const torch::Tensor other = residual ? channels_last(*residual) : torch::Tensor();
    if (other.defined() && other.sizes() != y.sizes())
      throw Error(ErrorCode::invalid_argument,
                  "convolution with batch norm: the residual has another shape than the output");
    const Pieces computed(y, kind.forward_piece());
    torch::Tensor sums;
    with_element_of<Kind>(x, [&]<typename Element>(Element) {
      sums = computed.sums(1, [&](std::size_t first, std::size_t count, double* into) {
        Element* const piece = data_of<Element>(y) + first;
        kind.forward(first, count, piece);
        batch_norm::moments(piece, count, computed.period(), into);
      });
    });
    const auto statistics = take_statistics(sums, y.numel() / y.size(1), computed,
                                            {weight, bias, layer.running_mean, layer.running_var},
                                            epsilon, activation, sum);
    const torch::Tensor z = normalised(y, other, Pieces(y), *statistics);
    // As in fused_batch_norm.cpp.
    context->save_for_backward({x, convolution, y, weight, other.defined() ? z : torch::Tensor()});
    context->saved_data["statistics"] = c10::IValue::make_capsule(statistics);
    context->saved_data["stride"] = stride;
    return z;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto tensors = context->get_saved_variables();
    const torch::Tensor& x = tensors[0];
    const torch::Tensor& y = tensors[2];
    const torch::Tensor& z = tensors[4];
    const auto capsule = context->saved_data["statistics"].toCapsule();
    const BatchNormGradient gradient(channels_last(gradients[0]), y, z, tensors[3], Pieces(y),
                                     static_cast<const BatchStatistics&>(*capsule),
                                     z.defined() && context->needs_input_grad(4));
    const Kind kind(x, tensors[1], context->saved_data["stride"].toInt());
    torch::Tensor dx, dw;
    if constexpr (Kind::has_input_gradient) dx = torch::empty_like(x);
    with_element_of<Kind>(x, [&]<typename Element>(Element) {
      dw = weight_gradient_of(kind, Pieces(y, kind.backward_piece()),
                              [&](std::size_t first, std::size_t count, float* sums) {
                                kind.backward(
                                    first, count,
                                    [&](std::size_t at, std::size_t n, Element* into) {
                                      gradient.input(at, n, into);
                                      return into;
                                    },
                                    data_of<Element>(dx), sums);
                              });
    });
    const torch::Tensor none;
    return {dx,   dw,  gradient.weight, gradient.bias, gradient.residual, none, none, none,
            none, none};
  }
};

bool is_fast_pointwise(const Layer& layer, const torch::Tensor& in) {
  const Padding& p = layer.padding;
  return layer.kind == LayerKind::conv && layer.groups == 1 && layer.kernel.height == 1 &&
         layer.kernel.width == 1 && layer.stride == 1 && !layer.bias && p.top == 0 &&
         p.bottom == 0 && p.left == 0 && p.right == 0 &&
         static_cast<std::size_t>(layer.in_channels) % matrix::column_block == 0 &&
         static_cast<std::size_t>(layer.out_channels) % matrix::column_block == 0 &&
         in.scalar_type() == torch::kBFloat16;
}

}  // namespace

bool is_fast_before_batch_norm(const Layer& convolution, const torch::Tensor& in) {
  return is_fast_depthwise(convolution, in) || is_fast_first_convolution(convolution, in) ||
         is_fast_pointwise(convolution, in);
}

torch::Tensor convolution_batch_norm(const Layer& convolution, const torch::Tensor& in,
                                     const torch::Tensor& weight, const BatchNormTensors& layer,
                                     double epsilon, const torch::Tensor& residual,
                                     Activation activation, const SumOverProcesses& sum) {
  const auto other = residual.defined() ? c10::optional<torch::Tensor>(residual) : c10::nullopt;
  const auto stride = static_cast<std::int64_t>(convolution.stride);
  const auto apply = [&]<typename Kind>(const char* name, const Kind*) {
    RECORD_FUNCTION(name, std::vector<c10::IValue>());  // for profilers
    return ConvolutionBatchNorm<Kind>::apply(in, weight, layer.weight, layer.bias, other, layer,
                                             epsilon, activation, sum, stride);
  };
  if (is_fast_depthwise(convolution, in))
    return apply("faceshot::depthwise_batch_norm", static_cast<const DepthwiseKind*>(nullptr));
  if (is_fast_first_convolution(convolution, in))
    return apply("faceshot::first_batch_norm", static_cast<const FirstKind*>(nullptr));
  return apply("faceshot::pointwise_batch_norm", static_cast<const PointwiseKind*>(nullptr));
}

}  // namespace faceshot
