#include <algorithm>
#include <utility>

#include "engine/fusion.hpp"
#include "engine/passes.hpp"

namespace faceshot::engine {
namespace {

/// The last node that reads each tensor; the number of nodes for graph outputs and inputs, whose
/// memory must not be written to.
std::vector<std::size_t> last_readers(const Graph& graph) {
  std::vector<std::size_t> last(graph.tensors.size(), 0);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (const int input : graph.nodes[n].inputs) last[static_cast<std::size_t>(input)] = n;
  for (const auto* const kept : {&graph.outputs, &graph.inputs})
    for (const int tensor : *kept) last[static_cast<std::size_t>(tensor)] = graph.nodes.size();
  return last;
}

/// True if the node's result is memory of its own that a later node may add onto.
bool owns_memory(const Graph& graph, int producer) {
  if (producer < 0) return false;
  const Op op = graph.nodes[static_cast<std::size_t>(producer)].op;
  return op == Op::conv || op == Op::resize || op == Op::max_pool;
}

}  // namespace

void fuse_add(Graph& graph) {
  for (std::size_t n = 0; n < graph.nodes.size();) {
    const Node& add = graph.nodes[n];
    const auto readers = reader_counts(graph);
    const auto producer = producers(graph);
    const auto last = last_readers(graph);
    bool fused = false;
    if (add.op == Op::add && add.inputs.size() == 2 && add.inputs[0] != add.inputs[1]) {
      for (const auto& [own, other] : {std::pair{0, 1}, std::pair{1, 0}}) {
        const int result = add.inputs[static_cast<std::size_t>(own)];
        const int addend = add.inputs[static_cast<std::size_t>(other)];
        const int before = producer[static_cast<std::size_t>(result)];
        if (before < 0 || readers[static_cast<std::size_t>(result)] != 1) continue;
        const Node& conv = graph.nodes[static_cast<std::size_t>(before)];
        // Adding comes first in a convolution's post-operations, an activation after it.
        if (conv.op != Op::conv || conv.activation != Activation::none || conv.adds_input) continue;
        if (last[static_cast<std::size_t>(addend)] != n) continue;
        // A relu between a convolution and its readers will be fused into the convolution.
        int maker = producer[static_cast<std::size_t>(addend)];
        if (maker >= 0) {
          const Node& m = graph.nodes[static_cast<std::size_t>(maker)];
          if ((m.op == Op::relu || m.op == Op::clip) &&
              readers[static_cast<std::size_t>(m.inputs.front())] == 1)
            maker = producer[static_cast<std::size_t>(m.inputs.front())];
        }
        if (!owns_memory(graph, maker)) continue;
        // The convolution may read what it adds onto only if that is another tensor.
        if (conv.inputs.front() == addend) continue;
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
