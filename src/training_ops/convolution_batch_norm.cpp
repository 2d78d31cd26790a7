#include "training_ops/convolution_batch_norm.hpp"

#include <ATen/record_function.h>
#include <torch/autograd.h>

#include <type_traits>
#include <vector>

#include "faceshot/error.hpp"
#include "training_ops/batch_norm_passes.hpp"
#include "training_ops/depthwise_convolution.hpp"
#include "training_ops/depthwise_kind.hpp"
#include "training_ops/first_convolution.hpp"
#include "training_ops/first_kind.hpp"
#include "training_ops/pointwise_kind.hpp"
#include "training_ops/separable_kind.hpp"

namespace faceshot::training_ops {
namespace {

using network::Activation;
using network::Layer;

/// Kinds for bfloat16 only cannot be instantiated for float.
template <typename Kind, typename Body>
void with_element_of(const torch::Tensor& map, const Body& body) {
  if constexpr (Kind::takes_float)
    with_element(map, body);
  else
    body(BFloat16{});
}

template <typename Kind>
constexpr bool is_separable = std::is_same_v<Kind, SeparableKind>;

/// @param between from the forward pass, for the backward pass
template <typename Kind>
Kind make_kind(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& pointwise,
               std::int64_t stride, Pass pass, const torch::Tensor& between) {
  if constexpr (is_separable<Kind>)
    return {x, weight, pointwise, stride, between};
  else if constexpr (std::is_same_v<Kind, PointwiseKind>)
    return {x, weight, pass};
  else
    return {x, weight, stride};
}

template <typename Kind>
class ConvolutionBatchNorm : public torch::autograd::Function<ConvolutionBatchNorm<Kind>> {
 public:
  /// @param pointwise  weights, for a separable convolution
  /// @param adds_input whether the residual is the input; `residual` is undefined then
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& convolution,
                               const c10::optional<torch::Tensor>& pointwise,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const c10::optional<torch::Tensor>& residual, bool adds_input,
                               const BatchNormTensors& layer, double epsilon, Activation activation,
                               const SumOverProcesses& sum, std::int64_t stride) {
    const torch::Tensor x = channels_last(in);
    const torch::Tensor second = pointwise ? *pointwise : torch::Tensor();
    const auto kind = make_kind<Kind>(x, convolution, second, stride, Pass::forward, {});
    const torch::Tensor y = kind.output();
    const torch::Tensor other = adds_input ? x
                                : residual ? channels_last(*residual)
                                           : torch::Tensor();
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
    torch::Tensor between;
    if constexpr (is_separable<Kind>) between = kind.between();
    // As in fused_batch_norm.cpp.
    context->save_for_backward(
        {x, convolution, second, between, y, weight, other.defined() ? z : torch::Tensor()});
    context->saved_data["statistics"] = c10::IValue::make_capsule(statistics);
    context->saved_data["stride"] = stride;
    context->saved_data["adds_input"] = adds_input;
    return z;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto tensors = context->get_saved_variables();
    const torch::Tensor& x = tensors[0];
    const torch::Tensor& y = tensors[4];
    const torch::Tensor& z = tensors[6];
    const bool adds_input = context->saved_data["adds_input"].toBool();
    const std::size_t residual = tensors[2].defined() ? 5 : 4;  // undefined tensors are not stored
    const auto capsule = context->saved_data["statistics"].toCapsule();
    BatchNormGradient gradient(channels_last(gradients[0]), y, z, tensors[5], Pieces(y),
                               static_cast<const BatchStatistics&>(*capsule),
                               z.defined() && (adds_input || context->needs_input_grad(residual)));
    const auto kind =
        make_kind<Kind>(x, tensors[1], tensors[2], context->saved_data["stride"].toInt(),
                        Pass::backward, tensors[3]);
    torch::Tensor dx;
    std::vector<torch::Tensor> dw;
    if constexpr (Kind::has_input_gradient) dx = torch::empty_like(x);
    with_element_of<Kind>(x, [&]<typename Element>(Element) {
      dw = weight_gradients_of(
          kind, Pieces(y, kind.backward_piece()),
          [&](std::size_t first, std::size_t count, float* sums) {
            const auto dy = [&](std::size_t at, std::size_t n, Element* into) {
              gradient.input(at, n, into);
              return into;
            };
            Element* const into = at(data_of<Element>(dx), kind.input_at(first));
            if constexpr (is_separable<Kind>) {
              const Element* const added =
                  adds_input ? data_of<Element>(gradient.residual) + first : nullptr;
              kind.backward(first, count, dy, into, sums, added);
            } else {
              kind.backward(first, count, dy, into, sums);
            }
          });
    });
    dw.resize(2);
    const torch::Tensor none;
    return {dx,
            dw[0],
            dw[1],
            gradient.weight,
            gradient.bias,
            adds_input ? none : gradient.residual,
            none,
            none,
            none,
            none,
            none,
            none};
  }
};

template <typename Kind>
torch::Tensor apply(const torch::Tensor& in, const torch::Tensor& weight,
                    const c10::optional<torch::Tensor>& pointwise, const BatchNormTensors& layer,
                    double epsilon, const torch::Tensor& residual, bool adds_input,
                    Activation activation, const SumOverProcesses& sum, int stride) {
  return ConvolutionBatchNorm<Kind>::apply(
      in, weight, pointwise, layer.weight, layer.bias,
      residual.defined() && !adds_input ? c10::optional<torch::Tensor>(residual) : c10::nullopt,
      adds_input, layer, epsilon, activation, sum, static_cast<std::int64_t>(stride));
}

bool is_fast_pointwise(const Layer& layer, const torch::Tensor& in) {
  const network::Padding& p = layer.padding;
  return layer.kind == network::LayerKind::conv && layer.groups == 1 && layer.kernel.height == 1 &&
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
  const auto compute = [&]<typename Kind>(const char* name, const Kind*) {
    RECORD_FUNCTION(name, std::vector<c10::IValue>());  // for profilers
    return apply<Kind>(in, weight, c10::nullopt, layer, epsilon, residual, false, activation, sum,
                       convolution.stride);
  };
  if (is_fast_depthwise(convolution, in))
    return compute("faceshot::depthwise_batch_norm", static_cast<const DepthwiseKind*>(nullptr));
  if (is_fast_first_convolution(convolution, in))
    return compute("faceshot::first_batch_norm", static_cast<const FirstKind*>(nullptr));
  return compute("faceshot::pointwise_batch_norm", static_cast<const PointwiseKind*>(nullptr));
}

bool is_fast_separable(const Layer& depthwise, const Layer& pointwise, const torch::Tensor& in) {
  return is_fast_depthwise(depthwise, in) && is_fast_pointwise(pointwise, in);
}

torch::Tensor separable_batch_norm(const Layer& depthwise, const torch::Tensor& in,
                                   const torch::Tensor& weight, const torch::Tensor& pointwise,
                                   const BatchNormTensors& layer, double epsilon,
                                   const torch::Tensor& residual, Activation activation,
                                   const SumOverProcesses& sum) {
  RECORD_FUNCTION("faceshot::separable_batch_norm", std::vector<c10::IValue>());  // for profilers
  // If a residual block adds its own input, the two gradients of the input are summed where they
  // are computed.
  const bool adds_input = residual.defined() && residual.is_same(in) && depthwise.stride == 1;
  return apply<SeparableKind>(in, weight, pointwise, layer, epsilon, residual, adds_input,
                              activation, sum, depthwise.stride);
}

}  // namespace faceshot::training_ops
