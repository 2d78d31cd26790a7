#include "engine/fusion.hpp"

#include <algorithm>
#include <utility>

#include "engine/passes.hpp"

namespace faceshot::engine {

std::vector<int> producers(const Graph& graph) {
  std::vector<int> producer(graph.tensors.size(), -1);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    producer[static_cast<std::size_t>(graph.nodes[n].output)] = static_cast<int>(n);
  return producer;
}

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
    if (conv.op != Op::conv || !fuse(conv, node)) continue;
    conv.output = node.output;
    producer[static_cast<std::size_t>(node.output)] = before;
    gone[n] = true;
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
  graph.nodes = std::move(kept);
}

void optimise(Graph& graph) {
  fuse_batch_norm(graph);
  fuse_add(graph);
  fuse_activation(graph);
}

}  // namespace faceshot::engine
