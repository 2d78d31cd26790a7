#include "network/network_spec.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "faceshot/error.hpp"

namespace faceshot::network {
namespace {

/// Positions of a window along one axis; below 1 if the axis is too short.
int windowed(int size, int before, int after, int kernel, const Layer& layer) {
  const int room = size + before + after - layer.dilation * (kernel - 1) - 1;
  if (room < 0) return 0;
  int count = room / layer.stride + 1;
  // As in PyTorch: a truncated window must begin inside the map, not in the padding after it.
  if (layer.ceil_mode && room % layer.stride != 0 && count * layer.stride < size + before) ++count;
  return count;
}

FeatureSize after(const Layer& layer, FeatureSize in) {
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::max_pool:
    case LayerKind::avg_pool: {
      const int stride = layer.stride;
      if (layer.pads_same)
        return {(in.width + stride - 1) / stride, (in.height + stride - 1) / stride};
      const Padding& p = layer.padding;
      return {windowed(in.width, p.left, p.right, layer.kernel.width, layer),
              windowed(in.height, p.top, p.bottom, layer.kernel.height, layer)};
    }
    case LayerKind::upsample:
      return {in.width * layer.stride, in.height * layer.stride};
    default:
      return in;
  }
}

bool takes(LayerKind kind, std::size_t inputs) {
  if (kind == LayerKind::add) return inputs == 2;
  return kind == LayerKind::concat ? inputs >= 1 : inputs == 1;
}

}  // namespace

std::map<std::string, FeatureSize> layer_sizes(const NetworkSpec& spec, int input_width,
                                               int input_height) {
  std::map<std::string, FeatureSize> sizes{{"input", {input_width, input_height}}};
  for (const Layer& layer : spec.layers)
    sizes[layer.name] = after(layer, sizes.at(layer.inputs.front()));
  return sizes;
}

bool has_landmarks(const NetworkSpec& spec) {
  return !spec.heads.empty() && !spec.heads.front().landmarks.empty();
}

FeatureSize output_size(const NetworkSpec& spec, const std::string& layer, int input_width,
                        int input_height) {
  const auto sizes = layer_sizes(spec, input_width, input_height);
  const auto found = sizes.find(layer);
  if (found == sizes.end())
    throw Error(ErrorCode::not_found, spec.name + " has no layer '" + layer + "'");
  return found->second;
}

std::vector<FeatureSize> feature_sizes(const NetworkSpec& spec, int input_width, int input_height) {
  const auto sizes = layer_sizes(spec, input_width, input_height);
  std::vector<FeatureSize> features;
  features.reserve(spec.heads.size());
  for (const Head& head : spec.heads) features.push_back(sizes.at(head.feature));
  return features;
}

void validate(const NetworkSpec& spec) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::invalid_argument, "network " + spec.name + ": " + what);
  };
  faceshot::validate(spec.priors);
  std::map<std::string, int> channels{{"input", spec.input_channels}};
  std::set<std::string> convolutions;
  for (const Layer& layer : spec.layers) {
    if (!takes(layer.kind, layer.inputs.size()))
      fail("layer '" + layer.name + "' has " + std::to_string(layer.inputs.size()) + " inputs");
    for (const std::string& input : layer.inputs)
      if (!channels.contains(input))
        fail("layer '" + layer.name + "' takes '" + input + "', which no earlier layer produces");
    const int in = channels.at(layer.inputs.front());
    if (layer.kind == LayerKind::add && channels.at(layer.inputs.back()) != in)
      fail("layer '" + layer.name + "' adds feature maps of " + std::to_string(in) + " and " +
           std::to_string(channels.at(layer.inputs.back())) + " channels");
    if (layer.in_channels != in)
      fail("layer '" + layer.name + "' needs " + std::to_string(layer.in_channels) +
           " channels but gets " + std::to_string(in));
    int out = in;
    if (layer.kind == LayerKind::concat)
      for (std::size_t i = 1; i < layer.inputs.size(); ++i) out += channels.at(layer.inputs[i]);
    if (layer.kind == LayerKind::conv) {
      convolutions.insert(layer.name);
      out = layer.out_channels;
      if (layer.groups < 1 || in % layer.groups || out % layer.groups)
        fail("layer '" + layer.name + "' cannot be split into " + std::to_string(layer.groups) +
             " groups");
    }
    if (layer.kind == LayerKind::max_out) {
      const auto bad = [](int run) { return run < 1; };
      if (layer.runs.empty() || std::any_of(layer.runs.begin(), layer.runs.end(), bad))
        fail("layer '" + layer.name + "' has no groups of channels to take the maximum of");
      const int all = std::accumulate(layer.runs.begin(), layer.runs.end(), 0);
      if (in % all != 0)
        fail("layer '" + layer.name + "' needs groups of " + std::to_string(all) +
             " channels but gets " + std::to_string(in));
      out = in / all * static_cast<int>(layer.runs.size());
    }
    if (layer.out_channels != out)
      fail("layer '" + layer.name + "' declares " + std::to_string(layer.out_channels) +
           " channels; there are " + std::to_string(out));
    if (!channels.emplace(layer.name, out).second)
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
      fail("some heads have landmarks and some do not");
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
    for (const Layer& layer : spec.layers)
      if (layer.name == head.conf && layer.kind == LayerKind::max_out &&
          !convolutions.contains(layer.inputs.front()))
        fail("head layer '" + layer.name +
             "' takes the maximum of something that is not a convolution");
    if (!channels.contains(head.feature)) fail("tap '" + head.feature + "' does not exist");
  }
}

std::map<std::string, std::vector<std::int64_t>> parameter_shapes(const Layer& layer) {
  const std::int64_t out = layer.out_channels;
  switch (layer.kind) {
    case LayerKind::conv: {
      std::map<std::string, std::vector<std::int64_t>> shapes{
          {layer.name + ".weight",
           {out, layer.in_channels / layer.groups, layer.kernel.height, layer.kernel.width}}};
      if (layer.bias) shapes[layer.name + ".bias"] = {out};
      return shapes;
    }
    case LayerKind::batch_norm:
      return {{layer.name + ".weight", {out}},
              {layer.name + ".bias", {out}},
              {layer.name + ".running_mean", {out}},
              {layer.name + ".running_var", {out}}};
    case LayerKind::l2_norm:
      return {{layer.name + ".weight", {out}}};
    default:
      return {};
  }
}

std::int64_t parameter_count(const Layer& layer) {
  std::int64_t count = 0;
  for (const auto& [name, shape] : parameter_shapes(layer)) {
    if (name.ends_with(".running_mean") || name.ends_with(".running_var")) continue;
    std::int64_t values = 1;
    for (const std::int64_t extent : shape) values *= extent;
    count += values;
  }
  return count;
}

std::int64_t parameter_count(const NetworkSpec& spec) {
  std::int64_t count = 0;
  for (const Layer& layer : spec.layers) count += parameter_count(layer);
  return count;
}

std::int64_t multiply_accumulates(const Layer& layer, FeatureSize output) {
  if (layer.kind != LayerKind::conv) return 0;
  return std::int64_t{output.width} * output.height * layer.out_channels *
         (layer.in_channels / layer.groups) * layer.kernel.height * layer.kernel.width;
}

std::int64_t multiply_accumulates(const NetworkSpec& spec, int input_width, int input_height) {
  const auto sizes = layer_sizes(spec, input_width, input_height);
  std::int64_t total = 0;
  for (const Layer& layer : spec.layers) total += multiply_accumulates(layer, sizes.at(layer.name));
  return total;
}

void prune(NetworkSpec& spec) {
  std::set<std::string> needed;
  for (const Head& head : spec.heads)
    for (const std::string& name : {head.feature, head.loc, head.conf, head.landmarks})
      needed.insert(name);
  for (auto layer = spec.layers.rbegin(); layer != spec.layers.rend(); ++layer)
    if (needed.contains(layer->name)) needed.insert(layer->inputs.begin(), layer->inputs.end());
  std::erase_if(spec.layers, [&](const Layer& layer) { return !needed.contains(layer.name); });
  std::erase_if(spec.taps, [&](const Tap& tap) { return !needed.contains(tap.layer); });
}

}  // namespace faceshot::network
