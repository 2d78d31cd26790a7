#include "engine/ops/unary.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot::engine {
namespace {

/// One loop per function, so that the compiler can vectorise it.
template <typename F>
void map(const float* in, float* out, std::int64_t count, const F& f) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = f(in[i]);
}

float hard_sigmoid(float x, float alpha, float beta) {
  return std::min(std::max(alpha * x + beta, 0.0F), 1.0F);
}

}  // namespace

void apply(const Unary& unary, const float* in, float* out, std::int64_t count) {
  const float alpha = unary.alpha, beta = unary.beta;
  switch (unary.function) {
    case Function::none:
      if (in != out) std::copy_n(in, count, out);
      return;
    case Function::relu:
      return map(in, out, count, [](float x) { return std::max(x, 0.0F); });
    case Function::leaky_relu:
      return map(in, out, count, [=](float x) { return x < 0 ? alpha * x : x; });
    case Function::clip:
      return map(in, out, count, [=](float x) { return std::min(std::max(x, alpha), beta); });
    case Function::sigmoid:
      return map(in, out, count, [](float x) { return 1 / (1 + std::exp(-x)); });
    case Function::hard_sigmoid:
      return map(in, out, count, [=](float x) { return hard_sigmoid(x, alpha, beta); });
    case Function::hard_swish:
      return map(in, out, count, [](float x) { return x * hard_sigmoid(x, 1.0F / 6, 0.5F); });
    case Function::tanh:
      return map(in, out, count, [](float x) { return std::tanh(x); });
    case Function::elu:
      return map(in, out, count, [=](float x) { return x < 0 ? alpha * std::expm1(x) : x; });
    case Function::softplus:
      // log(1 + exp(x)) without overflow.
      return map(in, out, count,
                 [](float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x))); });
    case Function::exp:
      return map(in, out, count, [](float x) { return std::exp(x); });
    case Function::log:
      return map(in, out, count, [](float x) { return std::log(x); });
    case Function::sqrt:
      return map(in, out, count, [](float x) { return std::sqrt(x); });
    case Function::abs:
      return map(in, out, count, [](float x) { return std::abs(x); });
    case Function::negate:
      return map(in, out, count, [](float x) { return -x; });
    case Function::reciprocal:
      return map(in, out, count, [](float x) { return 1 / x; });
    case Function::floor:
      return map(in, out, count, [](float x) { return std::floor(x); });
    case Function::ceil:
      return map(in, out, count, [](float x) { return std::ceil(x); });
  }
}

}  // namespace faceshot::engine
