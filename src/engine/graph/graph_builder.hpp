// A graph in the making: tensors by name, nodes checked and, where all they read is known,
// computed.
#pragma once

#include <string>
#include <unordered_map>

#include "engine/graph/graph.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

/// How QuantizeLinear counts: (number - zero) * step is the value.
struct Quantisation {
  float step = 1;
  std::int64_t zero = 0;
  bool operator==(const Quantisation&) const = default;
};

class GraphBuilder {
 public:
  /// @param file for messages
  explicit GraphBuilder(std::string file) : file_(std::move(file)) {}

  /// @throws Error(format) if the name is taken or empty
  int add_input(const std::string& name, Shape declared);
  /// @param name empty for what the file does not name
  /// @throws Error(format) if the name is taken
  int add_constant(const std::string& name, Constant constant);
  /// Adds a node that makes a tensor of this name (empty: a tensor of no name); if everything that
  /// it reads is known, the tensor becomes a constant instead.
  /// @throws Error(format) if the name is taken, or if known inputs do not suit the node
  int add_node(Node node, const std::string& output);

  /// @return index, or -1 if there is no such tensor
  [[nodiscard]] int find(const std::string& name) const;
  /// Null for what is computed.
  [[nodiscard]] const ConstantPtr& constant(int tensor) const {
    return graph_.tensors[static_cast<std::size_t>(tensor)].constant;
  }
  /// The tensor holds values that the file keeps as numbers; only DequantizeLinear may read them.
  void mark_quantised(int tensor, const Quantisation& how) { quantised_.emplace(tensor, how); }
  /// Null for all others.
  [[nodiscard]] const Quantisation* quantised(int tensor) const {
    const auto found = quantised_.find(tensor);
    return found == quantised_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] Graph& graph() { return graph_; }

  [[noreturn]] void fail(const std::string& what) const;

 private:
  int add_tensor(const std::string& name, Tensor tensor);

  std::string file_;
  Graph graph_;
  InferredTensors known_;  ///< of constants only
  std::unordered_map<std::string, int> by_name_;
  std::unordered_map<int, Quantisation> quantised_;
};

}  // namespace faceshot::engine
