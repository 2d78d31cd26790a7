#include "network/registry.hpp"

#include <algorithm>
#include <string_view>

#include "faceshot/error.hpp"
#include "network/backbones/backbone.hpp"
#include "network/extra_layers.hpp"
#include "network/neck.hpp"
#include "network/ssd_head.hpp"

namespace faceshot::network {
namespace {

[[noreturn]] void fail_model(const std::string& what) {
  throw Error(ErrorCode::invalid_argument, what);
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::vector<std::string> class_names(const ModelOptions& options) {
  std::vector<std::string> names = options.classes;
  if (names == std::vector<std::string>{"auto"}) return {"face"};
  if (names.empty()) fail_model("model.classes is empty; give names, or auto");
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    fail_model("model.classes has '" + *twice + "' twice");
  for (const char* const no_class : {"", "auto", "background"})
    if (std::binary_search(names.begin(), names.end(), no_class))
      fail_model("model.classes: '" + std::string(no_class) +
                 "' is not a valid class; background is implicit, and auto must be the only entry");
  return options.classes;
}

void check_ranges(const ModelOptions& options) {
  if (!(options.alpha > 0 && options.alpha <= 4))
    fail_model("model.alpha is " + std::to_string(options.alpha) + "; it must be in (0, 4]");
  if (options.heads_landmarks != 0 && options.heads_landmarks != 5)
    fail_model("model.heads.landmarks is " + std::to_string(options.heads_landmarks) +
               "; it must be 0 or 5 (eyes, nose, mouth corners)");
  const auto& max_out = options.heads_max_out;
  if (!max_out.empty() && (max_out.size() != class_names(options).size() + 1 ||
                           std::any_of(max_out.begin(), max_out.end(),
                                       [](int count) { return count < 1 || count > 16; })))
    fail_model(
        "model.heads.max_out needs the number of logits, 1 to 16, for background and for each "
        "class, as in [3, 1] for faces; [] means one each");
}

std::string variant_of(const Backbone& backbone, const std::string& wanted) {
  const auto& known = backbone.variants;
  if (wanted.empty()) return known.front();
  if (std::find(known.begin(), known.end(), wanted) == known.end())
    fail_model("model.variant is '" + wanted + "'; " + backbone.name + " has: " + listed(known));
  return wanted;
}

std::array<float, 3> a_channel_each(const std::vector<float>& values, const char* key) {
  if (values.size() != 1 && values.size() != 3)
    fail_model(std::string(key) + " has " + std::to_string(values.size()) +
               " numbers; give one, or one for each of the three channels");
  return {values.front(), values[values.size() / 2], values.back()};
}

InputSpec input_of(const ModelOptions& options) {
  InputSpec input;
  input.order = options.input_order == "rgb" ? PixelFormat::rgb : PixelFormat::bgr;
  input.mean = a_channel_each(options.input_mean, "model.input.mean");
  const auto deviation = a_channel_each(options.input_std, "model.input.std");
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(deviation[c] > 0)) fail_model("model.input.std must be above 0");
    input.scale[c] = 1 / deviation[c];
  }
  return input;
}

/// The input features of the levels; writes extra layers on demand.
std::vector<Level> take_features(NetworkBuilder& net, const std::vector<BackboneTap>& taps,
                                 const Backbone& backbone, const ModelOptions& options) {
  std::vector<std::string> names;
  for (const BackboneTap& tap : taps) names.push_back(tap.name);
  std::vector<Level> levels;
  std::vector<std::string> extras;
  for (const std::string& name : options.features.empty() ? backbone.features : options.features) {
    if (name.starts_with("extra")) {
      extras.push_back(name);
      if (name != "extra" + std::to_string(extras.size()))
        fail_model("model.features has '" + name + "' where extra" + std::to_string(extras.size()) +
                   " is required: each extra layer builds on the one before");
      continue;
    }
    const auto tap = std::find_if(taps.begin(), taps.end(),
                                  [&](const BackboneTap& t) { return t.name == name; });
    if (tap == taps.end())
      throw Error(ErrorCode::not_found, "model.features: " + std::string(backbone.name) +
                                            " has no tap '" + name + "'; it has: " + listed(names) +
                                            ", and extra1, extra2, ...");
    if (!extras.empty())
      fail_model("model.features: '" + name + "' must come before the extra layers");
    if (!levels.empty() && levels.back().stride > tap->stride)
      fail_model("model.features must go from fine to coarse; '" + name + "' comes after '" +
                 levels.back().name + "'");
    levels.push_back({tap->name, tap->feature, tap->stride});
  }
  if (levels.empty()) fail_model("model.features has no tap of the backbone");
  add_extra_layers(net, levels, extras.size(), backbone.batch_norm, options);
  return levels;
}

/// One entry for each level, or none at all.
template <typename T>
T entry(const std::vector<T>& list, std::size_t level, std::size_t levels, const char* key) {
  if (list.empty()) return {};
  if (list.size() != levels)
    fail_model(std::string(key) + " has " + std::to_string(list.size()) + " entries for " +
               std::to_string(levels) + " levels");
  return list[level];
}

PriorSpec priors_of(const ModelOptions& options, const std::vector<Level>& levels) {
  if (options.prior_sizes.size() != levels.size()) {
    std::vector<std::string> names;
    for (const Level& level : levels) names.push_back(level.name);
    fail_model("model.prior_sizes has " + std::to_string(options.prior_sizes.size()) +
               " lists of sizes for " + std::to_string(levels.size()) + " levels (" +
               listed(names) + "); faceshot data priors proposes some");
  }
  PriorSpec priors;
  priors.variances = options.variances;
  priors.clip = options.prior_clip;
  for (std::size_t l = 0; l < levels.size(); ++l) {
    PriorLevel level{.min_sizes = options.prior_sizes[l], .max_sizes = {}, .aspect_ratios = {}};
    level.max_sizes = entry(options.prior_max_sizes, l, levels.size(), "model.prior_max_sizes");
    level.aspect_ratios =
        entry(options.prior_aspect_ratios, l, levels.size(), "model.prior_aspect_ratios");
    level.step = entry(options.prior_steps, l, levels.size(), "model.prior_steps");
    priors.levels.push_back(level);
  }
  return priors;
}

}  // namespace

std::vector<std::string> backbone_names() {
  std::vector<std::string> names;
  for (const Backbone& backbone : backbones()) names.emplace_back(backbone.name);
  return names;
}

NetworkSpec make_backbone(const std::string& name, float alpha, const std::string& variant) {
  const Backbone& backbone = find_backbone(name);
  NetworkSpec spec;
  spec.name = name;
  NetworkBuilder net(spec);
  for (const BackboneTap& tap : backbone.build(net, {alpha, variant_of(backbone, variant), {}, {}}))
    spec.taps.push_back({tap.name, tap.feature.layer});
  return spec;
}

NetworkSpec make_network(const ModelOptions& options) {
  const Backbone& backbone = find_backbone(options.backbone);
  check_ranges(options);
  NetworkSpec spec;
  spec.name = options.name.empty() ? options.backbone : options.name;
  spec.input = input_of(options);
  spec.classes = class_names(options);
  spec.one_label = options.one_label;
  spec.box_voting = options.box_voting;
  NetworkBuilder net(spec);
  if (!(options.widths.empty() && options.blocks.empty()) &&
      std::string_view(backbone.name).substr(0, 9) != "faceshot_")
    fail_model("model.widths and model.blocks only apply to faceshot_nano and faceshot_small; " +
               std::string(backbone.name) + " uses model.alpha");
  const auto taps = backbone.build(
      net, {options.alpha, variant_of(backbone, options.variant), options.widths, options.blocks});
  for (const BackboneTap& tap : taps) spec.taps.push_back({tap.name, tap.feature.layer});
  std::vector<Level> levels = take_features(net, taps, backbone, options);
  spec.priors = priors_of(options, levels);
  spec.size_divisor = add_neck(net, levels, options.neck == "auto" ? backbone.neck : options.neck,
                               options.neck_channels, options.alpha);
  HeadOptions head{.separable = options.heads_separable,
                   .shared = options.heads_shared,
                   .landmarks = options.heads_landmarks != 0};
  for (std::size_t l = 0; l < levels.size(); ++l) {
    // The finest level has most of the background and the smallest faces.
    head.direct = l < static_cast<std::size_t>(options.heads_direct);
    head.max_out = l == 0 ? options.heads_max_out : std::vector<int>{};
    add_ssd_head(net, spec, "head" + std::to_string(l), levels[l].feature, spec.priors.levels[l],
                 head);
  }
  prune(spec);
  validate(spec);
  return spec;
}

}  // namespace faceshot::network
