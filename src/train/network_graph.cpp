#include "train/network_graph.hpp"

#include <algorithm>
#include <string>

namespace faceshot {
namespace {

const char* operation_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::conv:
      return "Conv2D";
    case LayerKind::batch_norm:
      return "BatchNorm";
    case LayerKind::relu:
      return "Relu";
    case LayerKind::relu6:
      return "Relu6";
    case LayerKind::add:
      return "Add";
    case LayerKind::concat:
      return "Concat";
    case LayerKind::upsample:
      return "UpsampleNearest";
    case LayerKind::max_pool:
      return "MaxPool";
    case LayerKind::avg_pool:
      return "AvgPool";
    case LayerKind::l2_norm:
      return "L2Normalize";
    case LayerKind::max_out:
      return "MaxOut";
  }
  return "Unknown";
}

std::string slashed(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

bool has_window(LayerKind kind) {
  return kind == LayerKind::conv || kind == LayerKind::max_pool || kind == LayerKind::avg_pool;
}

}  // namespace

std::vector<GraphNode> network_graph(const NetworkSpec& spec) {
  std::vector<GraphNode> nodes{{"input", "Placeholder", {}, {}}};
  for (const Layer& layer : spec.layers) {
    GraphNode node{slashed(layer.name), operation_of(layer.kind), {}, {}};
    for (const std::string& input : layer.inputs) node.inputs.push_back(slashed(input));
    node.attributes.emplace_back("channels", std::to_string(layer.out_channels));
    if (has_window(layer.kind)) {
      node.attributes.emplace_back("kernel", std::to_string(layer.kernel.height)
                                                 .append("x")
                                                 .append(std::to_string(layer.kernel.width)));
      node.attributes.emplace_back("stride", std::to_string(layer.stride));
    }
    if (layer.kind == LayerKind::conv)
      node.attributes.emplace_back("groups", std::to_string(layer.groups));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace faceshot
