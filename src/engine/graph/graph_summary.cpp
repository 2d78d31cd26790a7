#include "engine/graph/graph_summary.hpp"

#include <set>

#include "engine/graph/describe.hpp"
#include "engine/ops/shape_inference.hpp"

namespace faceshot::engine {

std::vector<NodeSummary> summarise(const Graph& graph, const Shape& input_shape) {
  const InferredTensors known = infer_tensors(graph, input_shape);
  std::set<const Constant*> counted;
  const auto count = [&](const ConstantPtr& constant) {
    const bool is_new =
        constant != nullptr && !constant->is_integer && counted.insert(constant.get()).second;
    return is_new ? constant->floats.size() : 0;
  };
  std::vector<NodeSummary> nodes;
  for (const Node& node : graph.nodes) {
    NodeSummary& summary = nodes.emplace_back();
    summary.operation = describe_operator(node);
    summary.kind = operator_name(node);
    summary.name = node.name;
    const auto output = static_cast<std::size_t>(node.output);
    summary.output = graph.tensors[output].name;
    summary.output_shape = known.shapes[output];
    summary.flop = flop_of(node, known.shapes);
    summary.parameters =
        count(node.weight) + count(node.bias) + node.scale.size() + node.shift.size();
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] < 0) continue;
      const auto input = static_cast<std::size_t>(node.inputs[i]);
      if (known.values[input] == nullptr) {
        summary.inputs.push_back(graph.tensors[input].name);
        summary.input_shapes.push_back(known.shapes[input]);
      } else if (i < data_inputs(node)) {
        summary.parameters += count(graph.tensors[input].constant);
      }
    }
  }
  return nodes;
}

}  // namespace faceshot::engine
