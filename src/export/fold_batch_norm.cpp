#include "export/fold_batch_norm.hpp"

#include <cmath>

#include "faceshot/error.hpp"
#include "network/batch_norm_pairs.hpp"

namespace faceshot::exporter {
namespace {

using network::Layer;
using weights::Weights;

const std::vector<float>& values(const Weights& weights, const std::string& name) {
  const auto found = weights.find(name);
  if (found == weights.end()) throw Error(ErrorCode::format, "weights: '" + name + "' is missing");
  return found->second.values;
}

/// Scales the convolution's weights and gives it the bias that makes `norm` superfluous.
void fold(Layer& conv, const Layer& norm, const Weights& from, Weights& into) {
  const auto& gamma = values(from, norm.name + ".weight");
  const auto& beta = values(from, norm.name + ".bias");
  const auto& mean = values(from, norm.name + ".running_mean");
  const auto& variance = values(from, norm.name + ".running_var");
  const auto channels = static_cast<std::size_t>(conv.out_channels);
  std::vector<float> bias =
      conv.bias ? values(from, conv.name + ".bias") : std::vector<float>(channels, 0.0F);
  std::vector<float>& weight = into.at(conv.name + ".weight").values;
  const std::size_t per_channel = weight.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor =
        static_cast<double>(gamma[c]) /
        std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(norm.epsilon));
    for (std::size_t i = 0; i < per_channel; ++i) {
      float& w = weight[c * per_channel + i];
      w = static_cast<float>(static_cast<double>(w) * factor);
    }
    bias[c] =
        static_cast<float>(static_cast<double>(beta[c]) +
                           (static_cast<double>(bias[c]) - static_cast<double>(mean[c])) * factor);
  }
  conv.bias = true;
  into[conv.name + ".bias"] = {{conv.out_channels}, std::move(bias)};
  for (const char* const part : {".weight", ".bias", ".running_mean", ".running_var"})
    into.erase(norm.name + part);
}

}  // namespace

FoldedNetwork fold_batch_norm(const network::NetworkSpec& spec, const Weights& weights) {
  const auto pairs = network::batch_norm_pairs(spec);
  FoldedNetwork folded{spec, weights};
  folded.spec.layers.clear();
  std::map<std::string, std::size_t> position;     // of layers kept, by name
  std::map<std::string, std::string> replaced_by;  // folded BatchNorm -> its convolution
  const auto renamed = [&](const std::string& name) {
    const auto found = replaced_by.find(name);
    return found == replaced_by.end() ? name : found->second;
  };
  for (Layer layer : spec.layers) {
    for (std::string& input : layer.inputs) input = renamed(input);
    const auto pair = pairs.find(layer.inputs.front());
    if (pair != pairs.end() && pair->second == layer.name) {
      fold(folded.spec.layers[position.at(pair->first)], layer, weights, folded.weights);
      replaced_by[layer.name] = pair->first;
      continue;
    }
    position[layer.name] = folded.spec.layers.size();
    folded.spec.layers.push_back(std::move(layer));
  }
  for (network::Head& head : folded.spec.heads) {
    head.feature = renamed(head.feature);
    head.loc = renamed(head.loc);
    head.conf = renamed(head.conf);
    head.landmarks = renamed(head.landmarks);
  }
  return folded;
}

}  // namespace faceshot::exporter
