#include "train/record/network_graph.hpp"

#include <algorithm>

#include "network/summary.hpp"

namespace faceshot {

std::string scoped_name(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

std::vector<GraphNode> network_graph(const NetworkSpec& spec) {
  std::vector<GraphNode> nodes{{"input", "Placeholder", {}, {}}};
  for (const Layer& layer : spec.layers) {
    GraphNode node{scoped_name(layer.name), operation_of(layer), {}, {}};
    for (const std::string& input : layer.inputs) node.inputs.push_back(scoped_name(input));
    node.attributes.emplace_back("channels", std::to_string(layer.out_channels));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace faceshot
