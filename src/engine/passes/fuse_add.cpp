#include <algorithm>
#include <utility>

#include "engine/passes/fusion.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

/// The last node that reads each tensor; the number of nodes for graph outputs and inputs, whose
/// memory must not be written to.
std::vector<std::size_t> last_readers(const Graph& graph) {
  std::vector<std::size_t> last(graph.tensors.size(), 0);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (std::size_t i = 0; i < data_inputs(graph.nodes[n]); ++i)
      last[static_cast<std::size_t>(graph.nodes[n].inputs[i])] = n;
  for (const auto* const kept : {&graph.outputs, &graph.inputs})
    for (const int tensor : *kept) last[static_cast<std::size_t>(tensor)] = graph.nodes.size();
  return last;
}

/// True if the node's result may be another tensor's memory under a new name.
bool may_alias(Op op) {
  return op == Op::identity || op == Op::cast || op == Op::reshape || op == Op::flatten ||
         op == Op::squeeze || op == Op::unsqueeze || op == Op::transpose;
}

/// True if a node may add onto the tensor: its memory belongs to it alone, and will.
bool owns_memory(const Graph& graph, int tensor, const std::vector<int>& producer) {
  const int maker = producer[static_cast<std::size_t>(tensor)];
  if (maker < 0 || may_alias(graph.nodes[static_cast<std::size_t>(maker)].op)) return false;
  return std::none_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return may_alias(node.op) && node.inputs.front() == tensor;
  });
}

}  // namespace

void fuse_add(Graph& graph, const InferredTensors& known) {
  for (std::size_t n = 0; n < graph.nodes.size();) {
    const Node& add = graph.nodes[n];
    const auto readers = reader_counts(graph);
    const auto producer = producers(graph);
    const auto last = last_readers(graph);
    bool fused = false;
    if (add.op == Op::binary && add.binary == Binary::add && add.inputs[0] != add.inputs[1] &&
        known.shapes[static_cast<std::size_t>(add.inputs[0])] ==
            known.shapes[static_cast<std::size_t>(add.inputs[1])]) {
      for (const auto& [own, other] : {std::pair{0, 1}, std::pair{1, 0}}) {
        const int result = add.inputs[static_cast<std::size_t>(own)];
        const int addend = add.inputs[static_cast<std::size_t>(other)];
        const int before = producer[static_cast<std::size_t>(result)];
        if (before < 0 || readers[static_cast<std::size_t>(result)] != 1) continue;
        const Node& conv = graph.nodes[static_cast<std::size_t>(before)];
        // In a convolution's post-operations the sum comes first, then the activation.
        if (conv.op != Op::conv || conv.unary.function != Function::none || conv.adds_input)
          continue;
        if (last[static_cast<std::size_t>(addend)] != n) continue;
        if (!owns_memory(graph, addend, producer)) continue;
        // The convolution must not read the tensor onto which it adds.
        if (conv.inputs.front() == addend) continue;
        if (is_overwritten(graph, conv.inputs.front(), static_cast<std::size_t>(before), n))
          continue;
        Node moved = conv;
        moved.inputs.push_back(addend);
        moved.adds_input = true;
        moved.output = add.output;
        graph.nodes[n] = std::move(moved);
        graph.nodes.erase(graph.nodes.begin() + before);
        fused = true;
        break;
      }
    }
    if (!fused) ++n;
  }
}

}  // namespace faceshot::engine
