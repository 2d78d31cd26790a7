// One node of an ONNX file, for the operators' readers: attributes and inputs with every assumption
// checked.
#pragma once

#include <onnx/onnx_pb.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph/graph_builder.hpp"

namespace faceshot::engine {

class OnnxNode {
 public:
  OnnxNode(const onnx::NodeProto& proto, std::int64_t opset, GraphBuilder& builder)
      : proto_(proto), opset_(opset), builder_(builder) {}

  [[nodiscard]] const std::string& type() const { return proto_.op_type(); }
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] int input_count() const { return proto_.input_size(); }
  [[nodiscard]] int output_count() const { return proto_.output_size(); }

  // --- attributes; the second argument is the default -------------------------------------------

  [[nodiscard]] bool has(const char* name) const { return attribute(name) != nullptr; }
  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t default_value) const;
  [[nodiscard]] float real(const char* name, float default_value) const;
  [[nodiscard]] std::string text(const char* name, const char* default_value) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const char* name) const;
  [[nodiscard]] std::vector<float> reals(const char* name) const;
  [[nodiscard]] const onnx::TensorProto* tensor_attribute(const char* name) const;
  /// Exactly N integers between low and 4096; `into` is unchanged if the attribute is missing.
  template <std::size_t N>
  void window(const char* name, std::array<std::int64_t, N>& into, std::int64_t low) const {
    if (!has(name)) return;
    const auto values = integers(name);
    if (values.size() != N)
      unsupported(std::string("only two-dimensional windows are supported (") + name + ")");
    for (std::size_t i = 0; i < N; ++i) {
      into[i] = values[i];
      if (into[i] < low || into[i] > 4096) damaged(std::string("has an impossible ") + name);
    }
  }

  // --- inputs -----------------------------------------------------------------------------------

  [[nodiscard]] bool has_input(int i) const {
    return i < proto_.input_size() && !proto_.input(i).empty();
  }
  /// Index of an input's tensor. @throws Error(format) if no earlier node computes it
  [[nodiscard]] int input(int i) const;
  /// The same, or -1 if it is omitted.
  [[nodiscard]] int optional_input(int i) const { return has_input(i) ? input(i) : -1; }
  /// How an input's values are quantised; null if they are not.
  [[nodiscard]] const Quantisation* quantised(int i) const;
  /// True if the input is known when the file is read.
  [[nodiscard]] bool known(int i) const { return builder_.constant(input(i)) != nullptr; }
  /// An input that must be known when the file is read. @throws Error(unsupported) if it is not
  [[nodiscard]] const ConstantPtr& constant(int i) const;
  /// A float input that must be known. @throws Error
  [[nodiscard]] const std::vector<float>& floats(int i) const;
  /// Integers as an unnamed tensor, for values that newer opsets pass as an input and older ones as
  /// an attribute.
  [[nodiscard]] int integers_as_tensor(std::vector<std::int64_t> values) const;
  [[nodiscard]] int floats_as_tensor(std::vector<float> values) const;

  // --- results ----------------------------------------------------------------------------------

  /// A node of this name and kind that reads input 0.
  [[nodiscard]] Node start(Op op) const;
  /// Adds the node that computes output i.
  void emit(Node node, int i = 0) const;
  /// Adds a tensor between the node's inputs and outputs.
  [[nodiscard]] int emit_inner(Node node) const { return builder_.add_node(std::move(node), ""); }
  /// Adds output 0, whose values the file stores quantised.
  void emit_quantised(Node node, const Quantisation& how) const;
  /// Output i as a constant.
  void emit_constant(Constant constant, int i = 0) const;
  /// True if output i has a name.
  [[nodiscard]] bool has_output(int i) const {
    return i < proto_.output_size() && !proto_.output(i).empty();
  }

  [[nodiscard]] const std::string& file() const { return builder_.file(); }
  [[noreturn]] void unsupported(const std::string& what) const;
  [[noreturn]] void damaged(const std::string& what) const;

 private:
  [[nodiscard]] const onnx::AttributeProto* attribute(const char* name) const;
  [[nodiscard]] std::string label() const;

  const onnx::NodeProto& proto_;
  std::int64_t opset_;
  GraphBuilder& builder_;
};

}  // namespace faceshot::engine
