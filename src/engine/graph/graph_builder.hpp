// A graph in the making: tensors by name, nodes checked and, where all they read is known,
// computed.
#pragma once

#include <string>
#include <unordered_map>

#include "engine/graph/graph.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

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
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] Graph& graph() { return graph_; }

  [[noreturn]] void fail(const std::string& what) const;

 private:
  int add_tensor(const std::string& name, Tensor tensor);

  std::string file_;
  Graph graph_;
  InferredTensors known_;  ///< of constants only
  std::unordered_map<std::string, int> by_name_;
};

}  // namespace faceshot::engine
