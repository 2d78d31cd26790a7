#include "training_ops/fork.hpp"

#include <ATen/record_function.h>
#include <torch/autograd.h>

#include <limits>

#include "faceshot/error.hpp"
#include "training_ops/batch_norm_passes.hpp"

namespace faceshot::training_ops {
namespace {

/// a + b
torch::Tensor added(const torch::Tensor& a, const torch::Tensor& b) {
  const Pieces pieces(a);
  const std::vector<float> ones(pieces.period(), 1.0F), zeros(pieces.period(), 0.0F);
  constexpr float infinity = std::numeric_limits<float>::infinity();
  torch::Tensor sum = torch::empty_like(a);
  with_element(a, [&]<typename Element>(Element) {
    pieces.for_each([&](std::size_t first, std::size_t count, std::size_t) {
      batch_norm::normalise<Element>(
          data_of<Element>(a) + first, data_of<Element>(b) + first, data_of<Element>(sum) + first,
          count, {ones.data(), zeros.data(), ones.size()}, {-infinity, infinity});
    });
  });
  return sum;
}

class Fork : public torch::autograd::Function<Fork> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                const torch::Tensor& map, std::int64_t readers) {
    context->set_materialize_grads(false);
    torch::autograd::variable_list all;
    for (std::int64_t r = 0; r < readers; ++r) all.push_back(map.detach());
    return all;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    torch::Tensor sum;
    for (const torch::Tensor& g : gradients)
      if (g.defined()) sum = sum.defined() ? added(sum, channels_last(g)) : channels_last(g);
    return {sum, torch::Tensor()};
  }
};

}  // namespace

std::vector<torch::Tensor> fork(const torch::Tensor& map, std::size_t readers) {
  RECORD_FUNCTION("faceshot::fork", std::vector<c10::IValue>());  // for profilers
  if (map.dim() != 4 || !has_fast_element(map))
    throw Error(ErrorCode::invalid_argument, "fork takes maps [N, C, H, W] of float or bfloat16");
  return Fork::apply(map, static_cast<std::int64_t>(readers));
}

}  // namespace faceshot::training_ops
