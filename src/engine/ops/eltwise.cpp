#include "engine/ops/eltwise.hpp"

namespace faceshot::engine {

std::vector<EltwiseStep> eltwise_steps(const Unary& unary) {
  using dnnl::algorithm;
  const float alpha = unary.alpha, beta = unary.beta;
  switch (unary.function) {
    case Function::relu:
      return {{algorithm::eltwise_relu, 0, 0}};
    case Function::leaky_relu:
      return {{algorithm::eltwise_relu, alpha, 0}};
    case Function::clip:
      // oneDNN rejects bounds in the wrong order; ONNX allows them.
      if (!(alpha <= beta)) return {};
      return {{algorithm::eltwise_clip, alpha, beta}};
    case Function::sigmoid:
      return {{algorithm::eltwise_logistic, 0, 0}};
    case Function::hard_sigmoid:
      return {{algorithm::eltwise_linear, alpha, beta}, {algorithm::eltwise_clip, 0, 1}};
    case Function::hard_swish:
      return {{algorithm::eltwise_hardswish, 0, 0}};
    case Function::tanh:
      return {{algorithm::eltwise_tanh, 0, 0}};
    case Function::elu:
      return {{algorithm::eltwise_elu, alpha, 0}};
    case Function::softplus:
      return {{algorithm::eltwise_soft_relu, 0, 0}};
    case Function::exp:
      return {{algorithm::eltwise_exp, 0, 0}};
    default:
      return {};
  }
}

}  // namespace faceshot::engine
