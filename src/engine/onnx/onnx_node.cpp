#include "engine/onnx/onnx_node.hpp"

#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::engine {

std::string OnnxNode::label() const {
  if (!proto_.name().empty()) return proto_.name();
  return proto_.output().empty() ? "unnamed" : proto_.output(0);
}

void OnnxNode::unsupported(const std::string& what) const {
  throw Error(ErrorCode::unsupported,
              "'" + builder_.file() + "': node '" + label() + "' (" + type() + "): " + what);
}

void OnnxNode::damaged(const std::string& what) const {
  builder_.fail("node '" + label() + "' (" + type() + ") " + what);
}

const onnx::AttributeProto* OnnxNode::attribute(const char* name) const {
  for (const auto& a : proto_.attribute())
    if (a.name() == name) return &a;
  return nullptr;
}

std::int64_t OnnxNode::integer(const char* name, std::int64_t default_value) const {
  const auto* const a = attribute(name);
  return a != nullptr ? a->i() : default_value;
}

float OnnxNode::real(const char* name, float default_value) const {
  const auto* const a = attribute(name);
  return a != nullptr ? a->f() : default_value;
}

std::string OnnxNode::text(const char* name, const char* default_value) const {
  const auto* const a = attribute(name);
  return a != nullptr ? a->s() : default_value;
}

std::vector<std::int64_t> OnnxNode::integers(const char* name) const {
  const auto* const a = attribute(name);
  if (a == nullptr) return {};
  return {a->ints().begin(), a->ints().end()};
}

std::vector<float> OnnxNode::reals(const char* name) const {
  const auto* const a = attribute(name);
  if (a == nullptr) return {};
  return {a->floats().begin(), a->floats().end()};
}

const onnx::TensorProto* OnnxNode::tensor_attribute(const char* name) const {
  const auto* const a = attribute(name);
  return a != nullptr && a->has_t() ? &a->t() : nullptr;
}

int OnnxNode::input(int i) const {
  if (!has_input(i)) damaged("lacks input " + std::to_string(i));
  const int tensor = builder_.find(proto_.input(i));
  if (tensor < 0) damaged("reads '" + proto_.input(i) + "', which no earlier node produces");
  if (builder_.quantised(tensor) != nullptr && type() != "DequantizeLinear")
    unsupported(
        "computes on quantised values; the engine supports QuantizeLinear only directly before "
        "DequantizeLinear");
  return tensor;
}

const Quantisation* OnnxNode::quantised(int i) const { return builder_.quantised(input(i)); }

const ConstantPtr& OnnxNode::constant(int i) const {
  const ConstantPtr& constant = builder_.constant(input(i));
  if (constant == nullptr) unsupported("input '" + proto_.input(i) + "' must be a constant");
  return constant;
}

const std::vector<float>& OnnxNode::floats(int i) const {
  const Constant& given = *constant(i);
  if (given.is_integer) damaged("needs floats as input '" + proto_.input(i) + "'");
  return given.floats;
}

int OnnxNode::integers_as_tensor(std::vector<std::int64_t> values) const {
  Constant constant;
  constant.is_integer = true;
  constant.shape = {static_cast<std::int64_t>(values.size())};
  constant.integers = std::move(values);
  return builder_.add_constant("", std::move(constant));
}

int OnnxNode::floats_as_tensor(std::vector<float> values) const {
  Constant constant;
  constant.shape = {static_cast<std::int64_t>(values.size())};
  constant.floats = std::move(values);
  return builder_.add_constant("", std::move(constant));
}

Node OnnxNode::start(Op op) const {
  Node node;
  node.op = op;
  node.name = label();
  node.inputs = {input(0)};
  return node;
}

void OnnxNode::emit(Node node, int i) const {
  if (!has_output(i)) damaged("has no output");
  builder_.add_node(std::move(node), proto_.output(i));
}

void OnnxNode::emit_quantised(Node node, const Quantisation& how) const {
  if (!has_output(0)) damaged("has no output");
  builder_.mark_quantised(builder_.add_node(std::move(node), proto_.output(0)), how);
}

void OnnxNode::emit_constant(Constant constant, int i) const {
  if (!has_output(i)) damaged("has no output");
  builder_.add_constant(proto_.output(i), std::move(constant));
}

}  // namespace faceshot::engine
