// A graph under construction: tensors by name; nodes are checked and, if all their inputs are
// known, computed.
#pragma once

#include <string>
#include <unordered_map>

#include "engine/graph/graph.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

/// QuantizeLinear's scale: a number stands for the value (number - zero) * step.
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
  /// @param name empty if the file does not name it
  /// @throws Error(format) if the name is taken
  int add_constant(const std::string& name, Constant constant);
  /// Adds a node that computes a tensor of this name (empty: an unnamed tensor). If all its inputs
  /// are known, the tensor becomes a constant instead.
  /// @throws Error(format) if the name is taken, or if known inputs do not suit the node
  int add_node(Node node, const std::string& output);

  /// @return index, or -1 if there is no such tensor
  [[nodiscard]] int find(const std::string& name) const;
  /// Null for computed tensors.
  [[nodiscard]] const ConstantPtr& constant(int tensor) const {
    return graph_.tensors[static_cast<std::size_t>(tensor)].constant;
  }
  /// Marks a tensor whose values the file stores quantised; only DequantizeLinear may read it.
  void mark_quantised(int tensor, const Quantisation& how) { quantised_.emplace(tensor, how); }
  /// Null for all other tensors.
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
