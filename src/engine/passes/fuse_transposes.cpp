#include "engine/passes/passes.hpp"

namespace faceshot::engine {

void fuse_transposes(Graph& graph) {
  const auto producer = producers(graph);
  for (Node& node : graph.nodes) {
    if (node.op != Op::transpose || node.permutation.empty()) continue;
    const int before = producer[static_cast<std::size_t>(node.inputs.front())];
    if (before < 0) continue;
    const Node& first = graph.nodes[static_cast<std::size_t>(before)];
    if (first.op != Op::transpose || first.permutation.empty()) continue;
    Shape both;
    bool moves = false;
    for (const std::int64_t axis : node.permutation) {
      moves = moves || first.permutation[static_cast<std::size_t>(axis)] !=
                           static_cast<std::int64_t>(both.size());
      both.push_back(first.permutation[static_cast<std::size_t>(axis)]);
    }
    node.inputs.front() = first.inputs.front();
    node.permutation = both;
    if (!moves) node.op = Op::identity;
  }
  drop_identities(graph);
  drop_unread(graph);
}

}  // namespace faceshot::engine
