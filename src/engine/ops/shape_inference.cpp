#include "engine/ops/shape_inference.hpp"

#include <algorithm>

#include "engine/passes/constant_folding.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

/// Keeps every product of dimensions far from overflow, and memory use reasonable.
void demand_modest(const std::string& name, const Shape& shape) {
  constexpr std::int64_t most = std::int64_t{1} << 31;
  std::int64_t count = 1;
  for (const std::int64_t d : shape) {
    if (d > 0 && count > most / d)
      throw Error(ErrorCode::invalid_argument, "network: '" + name + "' would have " +
                                                   text_of(shape) +
                                                   " elements; try a smaller input");
    count *= std::max<std::int64_t>(d, 1);
  }
}

/// The dimensions that a Shape node requests.
ConstantPtr dimensions(const Node& node, const Shape& of) {
  const auto rank = static_cast<std::int64_t>(of.size());
  const auto within = [rank](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t first = within(node.start), last = std::max(first, within(node.end));
  auto value = std::make_shared<Constant>();
  value->is_integer = true;
  value->integers.assign(of.begin() + first, of.begin() + last);
  value->shape = {last - first};
  return value;
}

ConstantPtr value_of(const Node& node, const InferredTensors& known) {
  if (node.op == Op::shape)
    return dimensions(node, known.shapes[static_cast<std::size_t>(node.inputs.front())]);
  std::vector<const Constant*> inputs;
  for (const int input : node.inputs) {
    inputs.push_back(input < 0 ? nullptr : known.values[static_cast<std::size_t>(input)].get());
    if (input >= 0 && inputs.back() == nullptr) return nullptr;
  }
  return evaluate(node, inputs, known.shapes[static_cast<std::size_t>(node.output)]);
}

}  // namespace

void infer_node(const Node& node, InferredTensors& known) {
  const auto output = static_cast<std::size_t>(node.output);
  known.shapes[output] =
      node.op == Op::shape
          ? dimensions(node, known.shapes[static_cast<std::size_t>(node.inputs.front())])->shape
          : output_shape(node, known);
  demand_modest(node.name, known.shapes[output]);
  known.values[output] = value_of(node, known);
  if (known.values[output] == nullptr && element_count(known.shapes[output]) == 0)
    throw Error(ErrorCode::invalid_argument,
                "network: node '" + node.name + "' would produce an empty tensor (" +
                    text_of(known.shapes[output]) + "); try a larger input");
}

InferredTensors infer_tensors(const Graph& graph, const Shape& input_shape) {
  const auto in = static_cast<std::size_t>(graph.inputs.front());
  const Tensor& input = graph.tensors[in];
  bool fits = input_shape.size() == input.declared.size();
  for (std::size_t d = 0; fits && d < input_shape.size(); ++d)
    fits = input_shape[d] > 0 && input_shape[d] <= 65536 &&
           (input.declared[d] < 0 || input.declared[d] == input_shape[d]);
  if (!fits)
    throw Error(ErrorCode::invalid_argument, "network: input '" + input.name + "' is declared as " +
                                                 text_of(input.declared) + " (-1: any), not " +
                                                 text_of(input_shape));
  demand_modest(input.name, input_shape);
  InferredTensors known;
  known.shapes.resize(graph.tensors.size());
  known.values.resize(graph.tensors.size());
  known.shapes[in] = input_shape;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].constant == nullptr) continue;
    known.values[t] = graph.tensors[t].constant;
    known.shapes[t] = graph.tensors[t].constant->shape;
  }
  for (const Node& node : graph.nodes) infer_node(node, known);
  return known;
}

}  // namespace faceshot::engine
