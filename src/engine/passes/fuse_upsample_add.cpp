#include <utility>

#include "engine/ops/resize_table.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

/// True if the node repeats every pixel of an image twice in both directions.
bool doubles(const Node& node, const InferredTensors& known) {
  if (node.op != Op::resize || node.resize.linear) return false;
  const Shape& in = known.shapes[static_cast<std::size_t>(node.inputs.front())];
  const Shape& out = known.shapes[static_cast<std::size_t>(node.output)];
  if (in.size() != 4 || in[0] != 1 || out != Shape{1, in[1], 2 * in[2], 2 * in[3]}) return false;
  std::vector<const Constant*> parameters;
  for (const int input : node.inputs)
    parameters.push_back(input < 0 ? nullptr : known.values[static_cast<std::size_t>(input)].get());
  const auto axes = resize_axes(node, in, parameters);
  for (const std::size_t axis : {2U, 3U}) {
    const ResizeTable table = resize_table(node.resize, in[axis], axes[axis]);
    for (std::size_t i = 0; i < table.first.size(); ++i)
      if (table.first[i] != static_cast<std::int64_t>(i / 2)) return false;
  }
  return true;
}

}  // namespace

void fuse_upsample_add(Graph& graph, const InferredTensors& known) {
  const auto readers = reader_counts(graph);
  const auto producer = producers(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  for (Node& add : graph.nodes) {
    if (add.op != Op::binary || add.binary != Binary::add) continue;
    for (const auto& [fine, resized] :
         {std::pair{add.inputs[0], add.inputs[1]}, std::pair{add.inputs[1], add.inputs[0]}}) {
      const auto r = static_cast<std::size_t>(resized);
      if (producer[r] < 0 || readers[r] != 1) continue;
      const auto before = static_cast<std::size_t>(producer[r]);
      const Node& resize = graph.nodes[before];
      if (!doubles(resize, known) ||
          known.shapes[r] != known.shapes[static_cast<std::size_t>(fine)])
        continue;
      add.op = Op::upsample_add;
      add.inputs = {fine, resize.inputs.front()};
      add.adds_input = true;
      gone[before] = true;
      break;
    }
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
  graph.nodes = std::move(kept);
}

}  // namespace faceshot::engine
