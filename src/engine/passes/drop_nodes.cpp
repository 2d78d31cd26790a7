// Passes that remove nodes without changing others.
#include <algorithm>
#include <numeric>

#include "engine/passes/passes.hpp"

namespace faceshot::engine {

void drop_known(Graph& graph, const InferredTensors& known) {
  std::erase_if(graph.nodes, [&](const Node& node) {
    const auto output = static_cast<std::size_t>(node.output);
    if (known.values[output] == nullptr) return false;
    graph.tensors[output].constant = known.values[output];
    return true;
  });
}

void drop_identities(Graph& graph) {
  std::vector<int> stands_for(graph.tensors.size());
  std::iota(stands_for.begin(), stands_for.end(), 0);
  const auto is_output = [&](int tensor) {
    return std::find(graph.outputs.begin(), graph.outputs.end(), tensor) != graph.outputs.end();
  };
  std::erase_if(graph.nodes, [&](Node& node) {
    for (int& input : node.inputs)
      if (input >= 0) input = stands_for[static_cast<std::size_t>(input)];
    const bool copies = node.op == Op::identity || (node.op == Op::cast && !node.to_integers);
    if (!copies || is_output(node.output)) return false;
    stands_for[static_cast<std::size_t>(node.output)] = node.inputs.front();
    return true;
  });
}

void drop_unread(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size(), false);
  for (const int output : graph.outputs) needed[static_cast<std::size_t>(output)] = true;
  std::vector<Node> kept;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (!needed[static_cast<std::size_t>(node->output)]) continue;
    for (std::size_t i = 0; i < data_inputs(*node); ++i)
      needed[static_cast<std::size_t>(node->inputs[i])] = true;
    kept.push_back(std::move(*node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
}

}  // namespace faceshot::engine
