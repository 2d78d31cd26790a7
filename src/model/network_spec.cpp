#include "model/network_spec.hpp"

#include <functional>
#include <set>

#include "faceshot/error.hpp"

namespace faceshot {
namespace {

int windowed(int size, const Layer& layer) {
  return (size + 2 * layer.padding - layer.dilation * (layer.kernel - 1) - 1) / layer.stride + 1;
}

FeatureSize after(const Layer& layer, FeatureSize in) {
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::max_pool:
      return {windowed(in.width, layer), windowed(in.height, layer)};
    case LayerKind::upsample:
      return {in.width * layer.stride, in.height * layer.stride};
    default:
      return in;
  }
}

/// Sizes of all layers' outputs, in layer order.
std::map<std::string, FeatureSize> all_sizes(const NetworkSpec& spec, int width, int height) {
  std::map<std::string, FeatureSize> sizes{{"input", {width, height}}};
  for (const Layer& layer : spec.layers)
    sizes[layer.name] = after(layer, sizes.at(layer.inputs.front()));
  return sizes;
}

}  // namespace

bool has_landmarks(const NetworkSpec& spec) {
  return !spec.heads.empty() && !spec.heads.front().landmarks.empty();
}

FeatureSize output_size(const NetworkSpec& spec, const std::string& layer, int input_width,
                        int input_height) {
  const auto sizes = all_sizes(spec, input_width, input_height);
  const auto found = sizes.find(layer);
  if (found == sizes.end())
    throw Error(ErrorCode::not_found, spec.name + " has no layer '" + layer + "'");
  return found->second;
}

std::vector<FeatureSize> feature_sizes(const NetworkSpec& spec, int input_width, int input_height) {
  const auto sizes = all_sizes(spec, input_width, input_height);
  std::vector<FeatureSize> features;
  features.reserve(spec.heads.size());
  for (const Head& head : spec.heads) features.push_back(sizes.at(head.feature));
  return features;
}

void validate(const NetworkSpec& spec) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "network " + spec.name + ": " + what);
  };
  validate(spec.priors);
  std::map<std::string, int> channels{{"input", spec.input_channels}};
  for (const Layer& layer : spec.layers) {
    const bool adds = layer.kind == LayerKind::add;
    if (layer.inputs.size() != (adds ? 2U : 1U))
      fail("layer '" + layer.name + "' has " + std::to_string(layer.inputs.size()) + " inputs");
    for (const std::string& input : layer.inputs)
      if (!channels.contains(input))
        fail("layer '" + layer.name + "' takes '" + input + "', which no earlier layer makes");
    const int in = channels.at(layer.inputs.front());
    if (adds && channels.at(layer.inputs.back()) != in)
      fail("layer '" + layer.name + "' adds maps of " + std::to_string(in) + " and " +
           std::to_string(channels.at(layer.inputs.back())) + " channels");
    const bool has_channels = layer.kind == LayerKind::conv || layer.kind == LayerKind::batch_norm;
    if (has_channels && layer.in_channels != in)
      fail("layer '" + layer.name + "' wants " + std::to_string(layer.in_channels) +
           " channels but gets " + std::to_string(in));
    if (layer.kind == LayerKind::conv &&
        (layer.groups < 1 || layer.in_channels % layer.groups || layer.out_channels % layer.groups))
      fail("layer '" + layer.name + "' cannot be split into " + std::to_string(layer.groups) +
           " groups");
    if (!channels.emplace(layer.name, has_channels ? layer.out_channels : in).second)
      fail("two layers are named '" + layer.name + "'");
  }
  for (const Tap& tap : spec.taps)
    if (!channels.contains(tap.layer))
      fail("tap '" + tap.name + "' is layer '" + tap.layer + "', which does not exist");
  if (spec.heads.size() != spec.priors.levels.size())
    fail(std::to_string(spec.heads.size()) + " heads for " +
         std::to_string(spec.priors.levels.size()) + " prior levels");
  for (std::size_t l = 0; l < spec.heads.size(); ++l) {
    const Head& head = spec.heads[l];
    const auto priors = static_cast<int>(spec.priors.levels[l].priors_per_cell());
    const int classes = static_cast<int>(spec.classes.size()) + 1;
    if (head.landmarks.empty() == has_landmarks(spec))
      fail("some heads have landmarks and some have not");
    std::vector<std::pair<std::string, int>> outputs{{head.loc, 4 * priors},
                                                     {head.conf, classes * priors}};
    if (!head.landmarks.empty()) outputs.emplace_back(head.landmarks, 10 * priors);
    for (const auto& [name, wanted] : outputs) {
      const auto found = channels.find(name);
      if (found == channels.end()) fail("head layer '" + name + "' does not exist");
      if (found->second != wanted)
        fail("head layer '" + name + "' has " + std::to_string(found->second) +
             " channels; its priors need " + std::to_string(wanted));
    }
    if (!channels.contains(head.feature)) fail("tap '" + head.feature + "' does not exist");
  }
}

std::int64_t parameter_count(const NetworkSpec& spec) {
  std::int64_t count = 0;
  for (const Layer& layer : spec.layers) {
    const std::int64_t out = layer.out_channels;
    if (layer.kind == LayerKind::conv)
      count += out * (layer.in_channels / layer.groups) * layer.kernel * layer.kernel +
               (layer.bias ? out : 0);
    else if (layer.kind == LayerKind::batch_norm)
      count += 2 * out;
  }
  return count;
}

std::int64_t multiply_accumulates(const NetworkSpec& spec, int input_width, int input_height) {
  const auto sizes = all_sizes(spec, input_width, input_height);
  std::int64_t total = 0;
  for (const Layer& layer : spec.layers) {
    if (layer.kind != LayerKind::conv) continue;
    const FeatureSize size = sizes.at(layer.name);
    total += std::int64_t{size.width} * size.height * layer.out_channels *
             (layer.in_channels / layer.groups) * layer.kernel * layer.kernel;
  }
  return total;
}

}  // namespace faceshot
