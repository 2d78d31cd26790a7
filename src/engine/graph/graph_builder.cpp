#include "engine/graph/graph_builder.hpp"

#include <algorithm>
#include <utility>

#include "faceshot/error.hpp"

namespace faceshot::engine {

void GraphBuilder::fail(const std::string& what) const {
  throw Error(ErrorCode::format, "'" + file_ + "' is not a valid ONNX network: " + what);
}

int GraphBuilder::add_tensor(const std::string& name, Tensor tensor) {
  const int index = static_cast<int>(graph_.tensors.size());
  if (!name.empty() && !by_name_.emplace(name, index).second)
    fail("two tensors are named '" + name + "'");
  tensor.name = name;
  known_.shapes.push_back(tensor.constant != nullptr ? tensor.constant->shape : Shape{});
  known_.values.push_back(tensor.constant);
  graph_.tensors.push_back(std::move(tensor));
  return index;
}

int GraphBuilder::add_input(const std::string& name, Shape declared) {
  if (name.empty()) fail("an input has no name");
  const int index = add_tensor(name, {name, std::move(declared), nullptr});
  graph_.inputs.push_back(index);
  return index;
}

int GraphBuilder::add_constant(const std::string& name, Constant constant) {
  return add_tensor(name, {name, {}, std::make_shared<const Constant>(std::move(constant))});
}

int GraphBuilder::add_node(Node node, const std::string& output) {
  const bool all_known = std::all_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
    return input < 0 || constant(input) != nullptr;
  });
  const int index = add_tensor(output, {});
  node.output = index;
  if (all_known) {
    try {
      infer_node(node, known_);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::unsupported) throw;
      fail("its constants are inconsistent: " + std::string(error.what()));
    }
    const auto at = static_cast<std::size_t>(index);
    if (known_.values[at] != nullptr) {
      graph_.tensors[at].constant = known_.values[at];
      return index;
    }
  }
  graph_.nodes.push_back(std::move(node));
  return index;
}

int GraphBuilder::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? -1 : found->second;
}

}  // namespace faceshot::engine
