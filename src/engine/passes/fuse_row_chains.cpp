#include <algorithm>
#include <utility>

#include "engine/kernels/packed_weights.hpp"
#include "engine/kernels/row_stage.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

constexpr std::size_t longest_chain = 16;
/// Smaller tensors stay in the second-level cache anyway; a chain would only make threads compute
/// border rows twice.
constexpr std::int64_t smallest_between = 64 * 1024;

/// How often a node reads a tensor.
int reads(const Node& node, int tensor) {
  return static_cast<int>(std::count(node.inputs.begin(), node.inputs.end(), tensor));
}

bool takes_chains(const Node& node, const Shape& in) {
  return in.size() == 4 && in[0] == 1 && has_row_stage(node) && !is_first_convolution(node);
}

/// The last layer of a chain, or of what may become one.
const Node& last_of(const Node& node) {
  return node.op == Op::row_chain ? node.stages.back() : node;
}

Node joined(Node first, Node second) {
  Node chain;
  chain.op = Op::row_chain;
  chain.name = second.name;
  chain.output = second.output;
  chain.inputs = first.inputs;
  // What is added from outside; the first layer of a chain may add something too.
  for (std::size_t i = 1; i < second.inputs.size(); ++i)
    if (second.inputs[i] != first.output) chain.inputs.push_back(second.inputs[i]);
  if (first.op == Op::row_chain)
    chain.stages = std::move(first.stages);
  else
    chain.stages.push_back(std::move(first));
  chain.stages.push_back(std::move(second));
  return chain;
}

}  // namespace

void fuse_row_chains(Graph& graph, const InferredTensors& known) {
  const auto readers = reader_counts(graph);
  auto producer = producers(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& second = graph.nodes[n];
    if (second.inputs.empty() || second.inputs.front() < 0) continue;
    const int between = second.inputs.front();
    const auto& shape = known.shapes[static_cast<std::size_t>(between)];
    if (!takes_chains(second, shape)) continue;
    const int before = producer[static_cast<std::size_t>(between)];
    if (before < 0 || readers[static_cast<std::size_t>(between)] != reads(second, between))
      continue;
    Node& first = graph.nodes[static_cast<std::size_t>(before)];
    const Node& last = last_of(first);
    if (last.inputs.empty() || last.inputs.front() < 0) continue;
    const Shape& before_last = known.shapes[static_cast<std::size_t>(last.inputs.front())];
    if (!takes_chains(last, before_last) && !is_first_convolution(last)) continue;
    if (first.op == Op::row_chain && first.stages.size() == longest_chain) continue;
    const bool is_pair = is_pointwise(last) && is_depthwise(second);
    if (!is_pair && element_count(shape) < smallest_between) continue;
    const bool overwritten = std::any_of(
        graph.nodes.begin() + before + 1, graph.nodes.begin() + static_cast<std::ptrdiff_t>(n),
        [&first](const Node& node) {
          return node.adds_input && node.inputs.size() > 1 && reads(first, node.inputs[1]) > 0;
        });
    if (overwritten) continue;
    Node chain = joined(std::move(first), std::move(second));
    graph.nodes[n] = std::move(chain);
    gone[static_cast<std::size_t>(before)] = true;
    producer[static_cast<std::size_t>(graph.nodes[n].output)] = static_cast<int>(n);
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
  graph.nodes = std::move(kept);
}

}  // namespace faceshot::engine
