#include "engine/passes/fusion.hpp"

#include <algorithm>
#include <utility>

namespace faceshot::engine {

void fuse_into_convolution(Graph& graph, const std::function<bool(const Node&)>& wanted,
                           const std::function<bool(Node&, const Node&)>& fuse) {
  const auto readers = reader_counts(graph);
  auto producer = producers(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!wanted(node)) continue;
    const auto between = static_cast<std::size_t>(node.inputs.front());
    const int before = producer[between];
    if (before < 0 || readers[between] != 1) continue;
    Node& conv = graph.nodes[static_cast<std::size_t>(before)];
    if ((conv.op != Op::conv && conv.op != Op::conv_transpose) || !fuse(conv, node)) continue;
    conv.output = node.output;
    producer[static_cast<std::size_t>(node.output)] = before;
    gone[n] = true;
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
  graph.nodes = std::move(kept);
}

bool is_overwritten(const Graph& graph, int tensor, std::size_t first, std::size_t last) {
  return std::any_of(
      graph.nodes.begin() + static_cast<std::ptrdiff_t>(first),
      graph.nodes.begin() + static_cast<std::ptrdiff_t>(last),
      [tensor](const Node& node) { return node.adds_input && node.inputs[1] == tensor; });
}

}  // namespace faceshot::engine
