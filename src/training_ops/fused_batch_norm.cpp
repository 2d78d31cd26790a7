#include "training_ops/fused_batch_norm.hpp"

#include <ATen/record_function.h>
#include <torch/autograd.h>

#include "faceshot/error.hpp"
#include "training_ops/batch_norm_passes.hpp"

namespace faceshot::training_ops {
namespace {

class FusedBatchNorm : public torch::autograd::Function<FusedBatchNorm> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& in,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const c10::optional<torch::Tensor>& residual,
                               const BatchNormTensors& layer, double epsilon,
                               network::Activation activation, const SumOverProcesses& sum) {
    const torch::Tensor x = channels_last(in);
    const torch::Tensor other = residual ? channels_last(*residual) : torch::Tensor();
    const Pieces pieces(x);
    torch::Tensor sums;
    with_element(x, [&]<typename Element>(Element) {
      const auto* const from = data_of<Element>(x);
      sums = pieces.sums(1, [&](std::size_t first, std::size_t count, double* into) {
        batch_norm::moments(from + first, count, pieces.period(), into);
      });
    });
    const auto statistics = take_statistics(sums, x.numel() / x.size(1), pieces,
                                            {weight, bias, layer.running_mean, layer.running_var},
                                            epsilon, activation, sum);
    const torch::Tensor y = normalised(x, other, pieces, *statistics);
    // With a residual, the output is needed for the activation's gradient; it is kept for the next
    // convolution anyway.
    context->save_for_backward({x, weight, other.defined() ? y : torch::Tensor()});
    context->saved_data["statistics"] = c10::IValue::make_capsule(statistics);
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto tensors = context->get_saved_variables();
    const torch::Tensor& x = tensors[0];
    const torch::Tensor& y = tensors[2];
    const auto capsule = context->saved_data["statistics"].toCapsule();
    const auto& statistics = static_cast<const BatchStatistics&>(*capsule);
    const Pieces pieces(x);
    const BatchNormGradient gradient(channels_last(gradients[0]), x, y, tensors[1], pieces,
                                     statistics, y.defined() && context->needs_input_grad(3));
    torch::Tensor dx;
    if (context->needs_input_grad(0)) {
      dx = torch::empty_like(x);
      with_element(x, [&]<typename Element>(Element) {
        pieces.for_each([&](std::size_t first, std::size_t count, std::size_t) {
          gradient.input(first, count, data_of<Element>(dx) + first);
        });
      });
    }
    const torch::Tensor none;
    return {dx, gradient.weight, gradient.bias, gradient.residual, none, none, none, none};
  }
};

}  // namespace

torch::Tensor fused_batch_norm(const torch::Tensor& in, const BatchNormTensors& layer,
                               double epsilon, const torch::Tensor& residual,
                               network::Activation activation, const SumOverProcesses& sum) {
  RECORD_FUNCTION("faceshot::fused_batch_norm", std::vector<c10::IValue>());  // for profilers
  if (in.dim() != 4 || !has_fast_element(in))
    throw Error(ErrorCode::invalid_argument,
                "fused batch norm takes maps [N, C, H, W] of float or bfloat16");
  if (residual.defined() &&
      (residual.sizes() != in.sizes() || residual.scalar_type() != in.scalar_type()))
    throw Error(ErrorCode::invalid_argument,
                "fused batch norm: the residual has another shape or type than the input");
  return FusedBatchNorm::apply(
      in, layer.weight, layer.bias,
      residual.defined() ? c10::optional<torch::Tensor>(residual) : c10::nullopt, layer, epsilon,
      activation, sum);
}

}  // namespace faceshot::training_ops
