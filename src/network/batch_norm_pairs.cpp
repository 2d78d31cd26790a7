#include "network/batch_norm_pairs.hpp"

#include <set>

namespace faceshot::network {

std::map<std::string, std::string> batch_norm_pairs(const NetworkSpec& spec) {
  std::map<std::string, int> readers;
  for (const Layer& layer : spec.layers)
    for (const std::string& input : layer.inputs) ++readers[input];
  for (const Head& head : spec.heads)
    for (const std::string& name : {head.feature, head.loc, head.conf, head.landmarks})
      ++readers[name];

  std::set<std::string> convolutions;
  std::map<std::string, std::string> pairs;
  for (const Layer& layer : spec.layers) {
    if (layer.kind == LayerKind::conv && readers[layer.name] == 1) convolutions.insert(layer.name);
    if (layer.kind == LayerKind::batch_norm && convolutions.contains(layer.inputs.front()))
      pairs[layer.inputs.front()] = layer.name;
  }
  return pairs;
}

}  // namespace faceshot::network
