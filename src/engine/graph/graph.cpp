#include "engine/graph/graph.hpp"

#include <algorithm>

#include "faceshot/error.hpp"

namespace faceshot::engine {

std::size_t data_inputs(const Node& node) {
  switch (node.op) {
    case Op::reshape:
    case Op::squeeze:
    case Op::unsqueeze:
    case Op::slice:
    case Op::gather:
    case Op::reduce:
    case Op::resize:
      return 1;
    case Op::shape:
      return 0;
    default:
      return node.inputs.size();
  }
}

void reject(const Node& node, const std::string& what) {
  throw Error(ErrorCode::invalid_argument, "network: node '" + node.name + "' " + what);
}

std::vector<int> reader_counts(const Graph& graph) {
  std::vector<int> readers(graph.tensors.size(), 0);
  for (const Node& node : graph.nodes)
    for (std::size_t i = 0; i < data_inputs(node); ++i)
      ++readers[static_cast<std::size_t>(node.inputs[i])];
  for (const int output : graph.outputs) ++readers[static_cast<std::size_t>(output)];
  return readers;
}

std::vector<int> producers(const Graph& graph) {
  std::vector<int> producer(graph.tensors.size(), -1);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    producer[static_cast<std::size_t>(graph.nodes[n].output)] = static_cast<int>(n);
  return producer;
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t d : shape) count *= d;
  return count;
}

std::string text_of(const Shape& shape) {
  std::string text;
  for (const std::int64_t d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text.empty() ? "a single number" : text;
}

std::int64_t normal_axis(std::int64_t axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < 0) axis += size;
  return axis < 0 || axis >= size ? -1 : axis;
}

}  // namespace faceshot::engine
