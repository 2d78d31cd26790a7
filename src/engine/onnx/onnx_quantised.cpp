// QuantizeLinear and DequantizeLinear, the form in which quantised networks are exchanged (QDQ):
// between the two are numbers of few bits, with the value (number - zero) * step.
//
// Weights become the values of their numbers. Computed values stay floats, clamped to the range of
// the numbers: exporters omit a Relu whose bound the range already implies.
#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/onnx/onnx_operators.hpp"

namespace faceshot::engine {
namespace {

/// Steps and zeros, one for all or one for each index of an axis.
struct Parameters {
  std::vector<float> steps;
  std::vector<std::int64_t> zeros;  ///< the same number
  double low = 0, high = 255;       ///< range of the numbers
};

Parameters parameters_of(const OnnxNode& in) {
  Parameters p{.steps = in.floats(1), .zeros = {}};
  if (in.has_input(2)) {
    const Constant& zeros = *in.constant(2);
    if (!zeros.is_integer) in.damaged("has a zero point that is not an integer");
    p.zeros = zeros.integers;
    const double half = std::ldexp(1.0, zeros.bits - 1);
    p.low = zeros.has_sign ? -half : 0;
    p.high = zeros.has_sign ? half - 1 : 2 * half - 1;
  } else {
    p.zeros.assign(p.steps.size(), 0);
  }
  if (p.steps.empty() || p.zeros.size() != p.steps.size())
    in.damaged("has different numbers of scales and zero points");
  for (const float step : p.steps)
    if (!(step > 0) || !std::isfinite(step)) in.damaged("has a scale that is not positive");
  if (in.integer("block_size", 0) != 0) in.unsupported("block-wise scales");
  return p;
}

/// Calls it with each element of a constant and the index of its parameters.
template <class Each>
void for_elements(const OnnxNode& in, const Shape& shape, const Parameters& p, const Each& each) {
  std::int64_t inner = element_count(shape);
  if (p.steps.size() > 1) {
    const std::int64_t axis = normal_axis(in.integer("axis", 1), shape.size());
    if (axis < 0 ||
        shape[static_cast<std::size_t>(axis)] != static_cast<std::int64_t>(p.steps.size()))
      in.damaged("has a number of scales that differs from the size of its axis");
    inner =
        element_count(Shape(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()));
  }
  const std::int64_t count = element_count(shape);
  for (std::int64_t i = 0; i < count; ++i)
    each(static_cast<std::size_t>(i),
         static_cast<std::size_t>(i / std::max<std::int64_t>(1, inner)) % p.steps.size());
}

Quantisation only_one(const OnnxNode& in, const Parameters& p) {
  if (p.steps.size() != 1) in.unsupported("per-axis scales on computed values");
  return {p.steps.front(), p.zeros.front()};
}

void quantise_constant(const OnnxNode& in, const Parameters& p) {
  const std::vector<float>& values = in.floats(0);
  Constant numbers;
  numbers.shape = in.constant(0)->shape;
  numbers.is_integer = true;
  numbers.integers.resize(values.size());
  for_elements(in, numbers.shape, p, [&](std::size_t i, std::size_t which) {
    const double number = std::nearbyint(static_cast<double>(values[i] / p.steps[which])) +
                          static_cast<double>(p.zeros[which]);
    // In this form NaN becomes the lowest number.
    numbers.integers[i] =
        static_cast<std::int64_t>(number > p.low ? std::min(number, p.high) : p.low);
  });
  in.emit_constant(std::move(numbers));
}

}  // namespace

void read_quantize_linear(const OnnxNode& in) {
  const Parameters p = parameters_of(in);
  if (in.known(0)) return quantise_constant(in, p);
  const Quantisation how = only_one(in, p);
  const auto value = [&](double number) {
    return static_cast<float>((number - static_cast<double>(how.zero)) *
                              static_cast<double>(how.step));
  };
  Node node = in.start(Op::unary);
  node.unary = {Function::clip, value(p.low), value(p.high)};
  in.emit_quantised(std::move(node), how);
}

void read_dequantize_linear(const OnnxNode& in) {
  const Parameters p = parameters_of(in);
  if (const Quantisation* const how = in.quantised(0); how != nullptr) {
    if (only_one(in, p) != *how)
      in.unsupported("a scale or zero point that differs from the preceding QuantizeLinear's");
    return in.emit(in.start(Op::identity));
  }
  const Constant& numbers = *in.constant(0);
  if (!numbers.is_integer) in.damaged("needs integers");
  Constant values;
  values.shape = numbers.shape;
  values.floats.resize(numbers.integers.size());
  for_elements(in, numbers.shape, p, [&](std::size_t i, std::size_t which) {
    values.floats[i] = static_cast<float>(numbers.integers[i] - p.zeros[which]) * p.steps[which];
  });
  in.emit_constant(std::move(values));
}

}  // namespace faceshot::engine
