// One step of the optimisers on one parameter: plain arrays, no Torch. (PyTorch's operators make up
// to ten passes over each of a hundred and fifty small arrays.) Pure functions; the arrays of a
// call must not overlap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace faceshot::train {

/// Adam (Kingma and Ba 2015) with its authors' constants; with `decoupled` decay it is AdamW
/// (Loshchilov and Hutter 2019), like torch.optim.AdamW.
struct AdamRule {
  double rate;
  double weight_decay;
  bool decoupled;  ///< decay shrinks the weights directly, bypassing the averages
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
};

/// @param step  number of updates of this parameter, including this one: from 1
/// @param mean, square  moving averages of the gradient and of its square; updated
void adam_step(const AdamRule& rule, std::int64_t step, const float* gradient, float* mean,
               float* square, float* weight, std::size_t count);

/// Stochastic gradient descent like torch.optim.SGD: decay is added to the gradient.
struct SgdRule {
  double rate;
  double weight_decay;
  double momentum;
  bool nesterov;
};

/// @param velocity  momentum's average; updated. Null without momentum
/// @param first     whether this is the parameter's first update: then the velocity is the gradient
void sgd_step(const SgdRule& rule, bool first, const float* gradient, float* velocity,
              float* weight, std::size_t count);

}  // namespace faceshot::train
