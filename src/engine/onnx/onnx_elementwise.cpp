// Operators on single elements.
#include <cmath>
#include <limits>
#include <unordered_map>

#include "engine/onnx/onnx_operators.hpp"

namespace faceshot::engine {
namespace {

void emit_function(const OnnxNode& in, const Unary& unary) {
  Node node = in.start(Op::unary);
  node.unary = unary;
  in.emit(std::move(node));
}

}  // namespace

void read_function(const OnnxNode& in) {
  static const std::unordered_map<std::string, Function> functions{
      {"Abs", Function::abs},
      {"Ceil", Function::ceil},
      {"Exp", Function::exp},
      {"Floor", Function::floor},
      {"HardSwish", Function::hard_swish},
      {"Log", Function::log},
      {"Neg", Function::negate},
      {"Reciprocal", Function::reciprocal},
      {"Relu", Function::relu},
      {"Sigmoid", Function::sigmoid},
      {"Softplus", Function::softplus},
      {"Sqrt", Function::sqrt},
      {"Tanh", Function::tanh},
  };
  emit_function(in, {functions.at(in.type()), 0, 0});
}

void read_leaky_relu(const OnnxNode& in) {
  emit_function(in, {Function::leaky_relu, in.real("alpha", 0.01F), 0});
}

void read_elu(const OnnxNode& in) { emit_function(in, {Function::elu, in.real("alpha", 1), 0}); }

void read_hard_sigmoid(const OnnxNode& in) {
  emit_function(in, {Function::hard_sigmoid, in.real("alpha", 0.2F), in.real("beta", 0.5F)});
}

void read_clip(const OnnxNode& in) {
  // Attributes up to opset 10, inputs since; either may be omitted.
  const auto bound = [&](int i, const char* name, float default_value) {
    if (!in.has_input(i)) return in.real(name, default_value);
    const auto& value = in.floats(i);
    if (value.size() != 1) in.damaged("has a bound that is not a scalar");
    return value.front();
  };
  const float low = bound(1, "min", std::numeric_limits<float>::lowest());
  const float high = bound(2, "max", std::numeric_limits<float>::max());
  emit_function(in, {Function::clip, low, high});
}

void read_binary(const OnnxNode& in) {
  static const std::unordered_map<std::string, Binary> operations{
      {"Add", Binary::add},    {"Sub", Binary::subtract}, {"Mul", Binary::multiply},
      {"Div", Binary::divide}, {"Pow", Binary::power},
  };
  if (in.input_count() != 2) in.damaged("needs two inputs");
  if (in.opset() < 7 && in.integer("broadcast", 0) != 0)
    in.unsupported("pre-opset-7 broadcasting; convert the file to a newer opset");
  Node node = in.start(Op::binary);
  node.inputs.push_back(in.input(1));
  node.binary = operations.at(in.type());
  in.emit(std::move(node));
}

void read_extreme(const OnnxNode& in) {
  if (in.input_count() < 1) in.damaged("needs at least one input");
  if (in.input_count() == 1) return in.emit(in.start(Op::identity));
  // a, b, c: (a, b), then the result and c.
  Node node = in.start(Op::binary);
  for (int i = 1;; ++i) {
    node.binary = in.type() == "Max" ? Binary::maximum : Binary::minimum;
    node.inputs.push_back(in.input(i));
    if (i + 1 == in.input_count()) return in.emit(std::move(node));
    Node next = in.start(Op::binary);
    next.inputs = {in.emit_inner(std::move(node))};
    node = std::move(next);
  }
}

void read_prelu(const OnnxNode& in) {
  const auto& slope = in.floats(1);
  if (slope.size() == 1) return emit_function(in, {Function::leaky_relu, slope.front(), 0});
  Node node = in.start(Op::binary);
  node.binary = Binary::prelu;
  node.inputs.push_back(in.input(1));
  in.emit(std::move(node));
}

void read_batch_norm(const OnnxNode& in) {
  if (in.integer("training_mode", 0) != 0) in.unsupported("training_mode");
  Node node = in.start(Op::batch_norm);
  const auto &gamma = in.floats(1), &beta = in.floats(2), &mean = in.floats(3),
             &variance = in.floats(4);
  if (gamma.empty() || beta.size() != gamma.size() || mean.size() != gamma.size() ||
      variance.size() != gamma.size())
    in.damaged("has parameters of different sizes");
  const double epsilon = static_cast<double>(in.real("epsilon", 1e-5F));
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double scale =
        static_cast<double>(gamma[c]) / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    node.scale.push_back(static_cast<float>(scale));
    node.shift.push_back(
        static_cast<float>(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale));
  }
  in.emit(std::move(node));
}

}  // namespace faceshot::engine
