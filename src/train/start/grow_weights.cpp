#include "train/start/grow_weights.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "faceshot/error.hpp"
#include "network/batch_norm_pairs.hpp"
#include "weights/match_report.hpp"

namespace faceshot::train {
namespace {

using network::Layer;
using network::LayerKind;
using weights::NamedArray;
using weights::WeightArray;

using Shape = std::vector<std::int64_t>;

void require_old_channels_first(const network::NetworkSpec& spec) {
  const auto mixes = std::find_if(spec.layers.begin(), spec.layers.end(), [](const Layer& layer) {
    return layer.kind == LayerKind::concat || layer.kind == LayerKind::max_out;
  });
  if (mixes != spec.layers.end())
    throw Error(ErrorCode::invalid_argument,
                "model.init.grow: not for " + spec.name + ", whose layer '" + mixes->name +
                    "' concatenates maps or takes the largest of several channels");
}

bool grows(const Shape& from, const Shape& to) {
  return from != to && from.size() == to.size() &&
         std::equal(from.begin(), from.end(), to.begin(),
                    [](std::int64_t a, std::int64_t b) { return a <= b; });
}

/// `to` with the values of `from` first in each dimension; old outputs have zeros for new inputs.
std::vector<float> grown(const NamedArray& from, const WeightArray& to) {
  std::vector<float> values = to.values;
  Shape at(to.shape.size(), 0);
  for (float& value : values) {
    bool inside = true;
    std::size_t index = 0;
    for (std::size_t d = 0; d < at.size(); ++d) {
      inside = inside && at[d] < from.shape[d];
      index = index * static_cast<std::size_t>(from.shape[d]) + static_cast<std::size_t>(at[d]);
    }
    if (inside)
      value = from.values[index];
    else if (at.front() < from.shape.front())
      value = 0;
    for (std::size_t d = at.size(); d-- > 0 && ++at[d] == to.shape[d];) at[d] = 0;
  }
  return values;
}

std::string layer_of(const std::string& array) { return array.substr(0, array.rfind('.')); }

/// The branches' layers, from their last BatchNorm back to the first layer that the file has.
std::set<std::string> layers_of(const std::vector<std::string>& branches,
                                const network::NetworkSpec& spec,
                                const std::set<std::string>& missing) {
  std::set<std::string> layers(branches.begin(), branches.end());
  for (auto layer = spec.layers.rbegin(); layer != spec.layers.rend(); ++layer)
    if (layers.contains(layer->name))
      for (const std::string& input : layer->inputs) {
        const auto before = std::find_if(spec.layers.begin(), spec.layers.end(),
                                         [&](const Layer& other) { return other.name == input; });
        if (before == spec.layers.end()) continue;
        if (before->kind == LayerKind::relu || before->kind == LayerKind::relu6 ||
            missing.contains(input))
          layers.insert(input);
      }
  return layers;
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::invalid_argument,
              "model.init.grow: " + why +
                  "; the network must have all layers of the file's, at least as wide, and only "
                  "residual blocks besides (without model.init.grow, what fits is taken)");
}

}  // namespace

std::vector<weights::MatchReport::Grown> grow_arrays(const network::NetworkSpec& spec,
                                                     const weights::Weights& own,
                                                     std::vector<NamedArray>& arrays) {
  require_old_channels_first(spec);
  // A folded file has a bias of the convolution where the network has BatchNorm's.
  const std::map<std::string, std::string> pairs = network::batch_norm_pairs(spec);
  const auto counterpart = [&](const std::string& name) {
    const auto found = own.find(name);
    if (found != own.end() || !name.ends_with(".bias")) return found;
    const auto pair = pairs.find(name.substr(0, name.rfind('.')));
    return pair == pairs.end() ? found : own.find(pair->second + ".bias");
  };
  std::vector<weights::MatchReport::Grown> all;
  for (NamedArray& array : arrays) {
    const auto mine = counterpart(array.name);
    if (mine == own.end() || !grows(array.shape, mine->second.shape)) continue;
    all.push_back({array.name, array.shape, mine->second.shape});
    array.values = grown(array, mine->second);
    array.shape = mine->second.shape;
  }
  return all;
}

std::vector<std::string> new_branches(const network::NetworkSpec& spec,
                                      const std::vector<NamedArray>& arrays) {
  std::set<std::string> in_file;
  for (const NamedArray& array : arrays) in_file.insert(array.name);
  std::map<std::string, std::string> convolutions;  // by their BatchNorm
  for (const auto& [conv, norm] : network::batch_norm_pairs(spec)) convolutions[norm] = conv;
  std::vector<std::string> norms;
  for (const Layer& layer : spec.layers) {
    if (layer.kind != LayerKind::add) continue;
    for (const std::string& input : layer.inputs)
      if (const auto conv = convolutions.find(input); conv != convolutions.end() &&
                                                      !in_file.contains(conv->second + ".weight") &&
                                                      !in_file.contains(input + ".weight"))
        norms.push_back(input);
  }
  return norms;
}

void require_whole_function(const network::NetworkSpec& spec, const weights::MatchReport& report,
                            const std::vector<std::string>& branches) {
  if (!report.wrong_shape.empty()) {
    const auto& wrong = report.wrong_shape.front();
    refuse("'" + wrong.foreign + "' is " + weights::shape_text(wrong.found) +
           " in the file, but '" + wrong.name + "' " + weights::shape_text(wrong.wanted) +
           " in the network");
  }
  if (!report.left_over.empty())
    refuse("the network has no place for the file's '" + report.left_over.front() + "'");
  std::set<std::string> missing;
  for (const std::string& array : report.missing) missing.insert(layer_of(array));
  const std::set<std::string> added = layers_of(branches, spec, missing);
  for (const std::string& array : report.missing)
    if (!added.contains(layer_of(array)))
      refuse("the file lacks '" + array + "', which belongs to no new residual block");
}

}  // namespace faceshot::train
