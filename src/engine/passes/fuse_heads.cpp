#include <algorithm>
#include <array>
#include <utility>

#include "engine/kernels/packed_weights.hpp"
#include "engine/passes/passes.hpp"

namespace faceshot::engine {
namespace {

/// Fewer outputs than the widest registers have lanes: the rest would be wasted.
constexpr std::int64_t most_outputs = 15;

std::int64_t outputs_of(const Node& node) { return node.weight->shape[0]; }

bool same_function(const Unary& a, const Unary& b) {
  return a.function == b.function && a.alpha == b.alpha && a.beta == b.beta;
}

bool is_small_pointwise(const Node& node) {
  return is_pointwise(node) && !node.adds_input && outputs_of(node) <= most_outputs;
}

/// A 3x3 convolution of each channel separately, of any number of channels.
bool is_small_depthwise(const Node& node) {
  const std::array<std::int64_t, 2> ones{1, 1}, threes{3, 3};
  return node.op == Op::conv && node.window.kernel == threes && node.window.dilation == ones &&
         node.window.stride == ones && node.group == outputs_of(node) &&
         node.weight->shape[1] == 1 && !node.adds_input && row_activation(node.unary);
}

bool alike(const Node& a, const Node& b) {
  return same_function(a.unary, b.unary) && a.window.padding == b.window.padding &&
         a.window.automatic == b.window.automatic;
}

/// One convolution with the outputs of all, padded with zeros to `outputs`.
Node stacked(const std::vector<const Node*>& nodes, std::int64_t outputs) {
  Node result = *nodes.front();
  Constant weight, bias;
  for (const Node* const node : nodes) {
    const auto& values = node->weight->floats;
    weight.floats.insert(weight.floats.end(), values.begin(), values.end());
    const auto count = static_cast<std::size_t>(outputs_of(*node));
    const auto own = node->bias != nullptr ? node->bias->floats : std::vector<float>(count, 0.0F);
    bias.floats.insert(bias.floats.end(), own.begin(), own.end());
  }
  weight.shape = nodes.front()->weight->shape;
  weight.shape[0] = outputs;
  weight.floats.resize(static_cast<std::size_t>(element_count(weight.shape)), 0.0F);
  bias.shape = {outputs};
  bias.floats.resize(static_cast<std::size_t>(outputs), 0.0F);
  result.weight = std::make_shared<const Constant>(std::move(weight));
  result.bias = std::make_shared<const Constant>(std::move(bias));
  return result;
}

int add_tensor(Graph& graph, InferredTensors& known, Shape shape) {
  graph.tensors.emplace_back();
  known.shapes.push_back(std::move(shape));
  known.values.emplace_back();
  return static_cast<int>(graph.tensors.size()) - 1;
}

struct Head {
  std::size_t pointwise = 0, depthwise = 0;  ///< indices of nodes
};

/// Pairs that read this tensor and can be computed together: those that are like the first of them.
std::vector<Head> heads_of(const Graph& graph, int tensor, const std::vector<int>& readers,
                           const std::vector<int>& only_reader) {
  std::vector<Head> heads;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (node.op != Op::conv || node.inputs.front() != tensor || !is_small_pointwise(node)) continue;
    const auto between = static_cast<std::size_t>(node.output);
    if (readers[between] != 1 || only_reader[between] < 0) continue;
    const auto next = static_cast<std::size_t>(only_reader[between]);
    if (!is_small_depthwise(graph.nodes[next])) continue;
    if (!heads.empty() && (!alike(node, graph.nodes[heads.front().pointwise]) ||
                           !alike(graph.nodes[next], graph.nodes[heads.front().depthwise])))
      continue;
    heads.push_back({n, next});
  }
  return heads;
}

/// The nodes that compute the heads together and then split the result.
std::vector<Node> joined(Graph& graph, InferredTensors& known, const std::vector<Head>& heads) {
  std::vector<const Node*> pointwise, depthwise;
  std::int64_t outputs = 0;
  for (const Head& head : heads) {
    pointwise.push_back(&graph.nodes[head.pointwise]);
    depthwise.push_back(&graph.nodes[head.depthwise]);
    outputs += outputs_of(graph.nodes[head.pointwise]);
  }
  const std::int64_t padded = (outputs + 3) / 4 * 4;
  const auto shape_of = [&](int tensor) {
    Shape shape = known.shapes[static_cast<std::size_t>(tensor)];
    shape[1] = padded;
    return shape;
  };
  std::vector<Node> nodes{stacked(pointwise, padded), stacked(depthwise, padded)};
  nodes[0].output = add_tensor(graph, known, shape_of(nodes[0].output));
  nodes[1].inputs.front() = nodes[0].output;
  nodes[1].output = add_tensor(graph, known, shape_of(nodes[1].output));
  nodes[1].group = padded;
  std::int64_t start = 0;
  for (const Head& head : heads) {
    Node part;
    part.op = Op::channels;
    part.name = graph.nodes[head.depthwise].name;
    part.inputs = {nodes[1].output};
    part.output = graph.nodes[head.depthwise].output;
    part.start = start;
    start += outputs_of(graph.nodes[head.depthwise]);
    nodes.push_back(std::move(part));
  }
  return nodes;
}

}  // namespace

void fuse_heads(Graph& graph, InferredTensors& known) {
  const std::size_t tensors = graph.tensors.size();
  const auto readers = reader_counts(graph);
  std::vector<int> only_reader(tensors, -1);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (std::size_t i = 0; i < data_inputs(graph.nodes[n]); ++i)
      only_reader[static_cast<std::size_t>(graph.nodes[n].inputs[i])] = static_cast<int>(n);
  std::vector<std::vector<Node>> instead(graph.nodes.size());  // replacements of removed nodes
  std::vector<bool> gone(graph.nodes.size(), false);
  for (std::size_t t = 0; t < tensors; ++t) {
    if (readers[t] < 2 || known.shapes[t].size() != 4 || known.shapes[t][0] != 1) continue;
    const auto heads = heads_of(graph, static_cast<int>(t), readers, only_reader);
    if (heads.size() < 2) continue;
    instead[heads.front().pointwise] = joined(graph, known, heads);
    for (const Head& head : heads) gone[head.pointwise] = gone[head.depthwise] = true;
  }
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!gone[n]) kept.push_back(std::move(graph.nodes[n]));
    for (Node& node : instead[n]) kept.push_back(std::move(node));
  }
  graph.nodes = std::move(kept);
}

}  // namespace faceshot::engine
