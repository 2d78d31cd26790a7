#include "engine/reference_functions.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace faceshot::testing {

using engine::Binary;
using engine::Function;

double function(const engine::Unary& f, double x) {
  const double alpha = static_cast<double>(f.alpha), beta = static_cast<double>(f.beta);
  const auto between = [](double v, double low, double high) {
    return std::min(std::max(v, low), high);
  };
  switch (f.function) {
    case Function::none:
      return x;
    case Function::relu:
      return x > 0 ? x : 0;
    case Function::leaky_relu:
      return x < 0 ? alpha * x : x;
    case Function::clip:
      return between(x, alpha, beta);
    case Function::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::hard_sigmoid:
      return between(alpha * x + beta, 0, 1);
    case Function::hard_swish:
      return x * between(x / 6 + 0.5, 0, 1);
    case Function::tanh:
      return std::tanh(x);
    case Function::elu:
      return x < 0 ? alpha * (std::exp(x) - 1) : x;
    case Function::softplus:
      return std::log(1 + std::exp(x));
    case Function::exp:
      return std::exp(x);
    case Function::log:
      return std::log(x);
    case Function::sqrt:
      return std::sqrt(x);
    case Function::abs:
      return std::abs(x);
    case Function::negate:
      return -x;
    case Function::reciprocal:
      return 1 / x;
    case Function::floor:
      return std::floor(x);
    case Function::ceil:
      return std::ceil(x);
  }
  throw std::logic_error("the reference lacks this function");
}

double combination(Binary f, double a, double b) {
  switch (f) {
    case Binary::add:
      return a + b;
    case Binary::subtract:
      return a - b;
    case Binary::multiply:
      return a * b;
    case Binary::divide:
      return a / b;
    case Binary::power:
      return std::pow(a, b);
    case Binary::prelu:
      return a < 0 ? a * b : a;
    case Binary::maximum:
      return a > b ? a : b;
    case Binary::minimum:
      return a < b ? a : b;
  }
  throw std::logic_error("the reference lacks this operation");
}

}  // namespace faceshot::testing
