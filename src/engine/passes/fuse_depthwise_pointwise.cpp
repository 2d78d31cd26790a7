#include <algorithm>
#include <utility>

#include "engine/kernels/packed_weights.hpp"
#include "engine/passes/fusion.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

bool is_pair(const Node& first, const Node& second) {
  return is_depthwise(first) && is_pointwise(second);
}

}  // namespace

void fuse_depthwise_pointwise(Graph& graph) {
  const auto readers = reader_counts(graph);
  auto producer = producers(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& second = graph.nodes[n];
    if (second.op != Op::conv) continue;
    const auto between = static_cast<std::size_t>(second.inputs.front());
    if (producer[between] < 0 || readers[between] != 1) continue;
    const auto before = static_cast<std::size_t>(producer[between]);
    Node& first = graph.nodes[before];
    if (!is_pair(first, second)) continue;
    if (is_overwritten(graph, first.inputs.front(), before + 1, n)) continue;
    Node both;
    both.op = Op::separable_conv;
    both.name = second.name;
    both.inputs = second.inputs;
    both.inputs.front() = first.inputs.front();
    both.output = second.output;
    both.adds_input = second.adds_input;
    both.stages.push_back(std::move(first));
    both.stages.push_back(std::move(second));
    graph.nodes[n] = std::move(both);
    gone[before] = true;
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
  graph.nodes = std::move(kept);
}

}  // namespace faceshot::engine
