#include "network/summary.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace faceshot::network {
namespace {

/// The receptive field of a layer's output, in pixels; rows and columns separately, since
/// Inception's 1x7 and 7x1 differ.
struct LayerView {
  double height = 1, width = 1;
  double stride = 1;  ///< from one output to the next

  [[nodiscard]] int side() const { return static_cast<int>(std::max(height, width)); }
};

LayerView layer_view(const Layer& layer, const std::map<std::string, LayerView>& views) {
  LayerView view = views.at(layer.inputs.front());
  for (const std::string& input : layer.inputs) {
    view.height = std::max(view.height, views.at(input).height);
    view.width = std::max(view.width, views.at(input).width);
  }
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::max_pool:
    case LayerKind::avg_pool:
      view.height += (layer.kernel.height - 1) * layer.dilation * view.stride;
      view.width += (layer.kernel.width - 1) * layer.dilation * view.stride;
      view.stride *= layer.stride;
      return view;
    case LayerKind::upsample:
      view.stride /= layer.stride;
      return view;
    default:
      return view;
  }
}

std::map<std::string, LayerView> views_of(const NetworkSpec& spec) {
  std::map<std::string, LayerView> views{{"input", {}}};
  for (const Layer& layer : spec.layers) views[layer.name] = layer_view(layer, views);
  return views;
}

std::string window_text(const Layer& layer) {
  std::string all = fmt::format(" {}x{}", layer.kernel.height, layer.kernel.width);
  if (layer.stride > 1) all.append(" /").append(std::to_string(layer.stride));
  if (layer.dilation > 1) all.append(" dilation ").append(std::to_string(layer.dilation));
  return all;
}

}  // namespace

std::string operation_of(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::conv: {
      const bool depthwise = layer.groups > 1 && layer.groups == layer.in_channels;
      return (depthwise ? "depthwise" : "conv") + window_text(layer);
    }
    case LayerKind::batch_norm:
      return "batch norm";
    case LayerKind::relu:
      return "relu";
    case LayerKind::relu6:
      return "relu6";
    case LayerKind::add:
      return "add";
    case LayerKind::concat:
      return "concat";
    case LayerKind::upsample:
      return std::string("upsample x").append(std::to_string(layer.stride));
    case LayerKind::max_pool:
      return "max pool" + window_text(layer);
    case LayerKind::avg_pool:
      return "average pool" + window_text(layer);
    case LayerKind::l2_norm:
      return "l2 norm";
    case LayerKind::max_out: {
      std::string text = "maximum of";
      for (const int run : layer.runs) text.append(" ").append(std::to_string(run));
      return text;
    }
  }
  return {};
}

std::vector<LayerSummary> summarise_layers(const NetworkSpec& spec, int input_width,
                                           int input_height) {
  const auto sizes = layer_sizes(spec, input_width, input_height);
  const auto views = views_of(spec);
  std::vector<LayerSummary> rows;
  rows.reserve(spec.layers.size());
  for (const Layer& layer : spec.layers) {
    const LayerView& view = views.at(layer.name);
    rows.push_back({layer.name, operation_of(layer), layer.inputs, sizes.at(layer.name),
                    layer.out_channels, parameter_count(layer),
                    multiply_accumulates(layer, sizes.at(layer.name)), view.side(), view.stride});
  }
  return rows;
}

std::vector<LevelSummary> summarise_levels(const NetworkSpec& spec, int input_width,
                                           int input_height) {
  const auto features = feature_sizes(spec, input_width, input_height);
  const auto views = views_of(spec);
  const auto priors = make_priors(spec.priors, input_width, input_height, features);
  std::vector<LevelSummary> levels;
  std::size_t at = 0;
  for (std::size_t l = 0; l < features.size(); ++l) {
    LevelSummary level;
    level.feature = spec.heads[l].feature;
    level.size = features[l];
    level.priors_per_cell = spec.priors.levels[l].priors_per_cell();
    const std::size_t count = level.priors_per_cell * static_cast<std::size_t>(features[l].width) *
                              static_cast<std::size_t>(features[l].height);
    level.priors = static_cast<std::int64_t>(count);
    level.receptive_field = views.at(spec.heads[l].conf).side();
    for (std::size_t i = at; i < at + level.priors_per_cell; ++i) {
      const float side = std::sqrt(priors[i].w * priors[i].h);
      level.smallest = i == at ? side : std::min(level.smallest, side);
      level.largest = std::max(level.largest, side);
    }
    at += count;
    levels.push_back(level);
  }
  return levels;
}

}  // namespace faceshot::network
