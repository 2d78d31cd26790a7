#include "train/start/init_weights.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "faceshot/error.hpp"
#include "network/batch_norm_pairs.hpp"
#include "train/start/class_logits.hpp"
#include "train/start/grow_weights.hpp"
#include "weights/array_stats.hpp"
#include "weights/name_map.hpp"
#include "weights/weight_file.hpp"

namespace faceshot::train {
namespace {

using network::Layer;
using network::LayerKind;
using network::NetworkSpec;
using weights::MatchedWeights;
using weights::MatchReport;
using weights::NamedArray;

constexpr const char* batch_norm_parts[] = {".weight", ".bias", ".running_mean", ".running_var"};

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

[[noreturn]] void fail(ErrorCode code, const InitOptions& options, const std::string& what) {
  throw Error(code, "model.init.file '" + options.file + "': " + what);
}

/// match_weights() does not know the file's name.
MatchedWeights match(std::vector<NamedArray> arrays, const Shapes& want,
                     const InitOptions& options) {
  try {
    return weights::match_weights(
        std::move(arrays), want,
        {.map = options.map, .prefix = "backbone.", .strict = options.strict && !options.grow});
  } catch (const Error& e) {
    fail(e.code(), options, e.what());
  }
}

/// Matches names such as "shape_4" and "scales_2".
bool is_number_behind(std::string_view prefix, std::string_view name) {
  return name.starts_with(prefix) && name.size() > prefix.size() &&
         name.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
}

/// The scale of an l2_norm layer, of which the exporter has stored 1 / scale^2, one row per
/// channel.
NamedArray l2_norm_scale(const std::string& name, const NamedArray& sums) {
  const auto channels = static_cast<std::size_t>(sums.shape.front());
  NamedArray scale{name, sums.dtype, {sums.shape.front()}, {}};
  for (std::size_t c = 0; c < channels; ++c)
    scale.values.push_back(1 / std::sqrt(sums.values[c * channels]));
  return scale;
}

/// Removes constants that the exporter adds when it writes one operator as several
/// (export/onnx_writer.cpp), and restores the original parameter from them.
void read_exporters_constants(const NetworkSpec& spec, std::vector<NamedArray>& arrays) {
  std::erase_if(arrays, [](const NamedArray& a) {
    return a.shape.size() == 1 &&
           (is_number_behind("shape_", a.name) || is_number_behind("scales_", a.name));
  });
  for (const Layer& layer : spec.layers) {
    const auto drop = [&](const std::string& name) {
      std::erase_if(arrays, [&](const NamedArray& a) { return a.name == name; });
    };
    if (layer.kind == LayerKind::avg_pool) drop(layer.name + ".weight");
    if (layer.kind == LayerKind::max_out)
      for (int j = 0; j < *std::max_element(layer.runs.begin(), layer.runs.end()); ++j)
        drop(layer.name + ".pick" + std::to_string(j) + ".weight");
    if (layer.kind != LayerKind::l2_norm) continue;
    const auto sums = std::find_if(arrays.begin(), arrays.end(), [&](const NamedArray& a) {
      return a.name == layer.name + ".sums" && a.shape.size() == 4 && a.shape[0] == a.shape[1] &&
             a.values.size() == static_cast<std::size_t>(a.shape[0] * a.shape[1]);
    });
    if (sums == arrays.end()) continue;
    *sums = l2_norm_scale(layer.name + ".weight", *sums);
    drop(layer.name + ".least");
  }
}

/// The network's pairs that the file has as one convolution.
std::map<std::string, std::string> folded_pairs(const NetworkSpec& spec,
                                                const std::vector<NamedArray>& arrays) {
  std::set<std::string> names;
  for (const NamedArray& array : arrays) names.insert(array.name);
  auto pairs = network::batch_norm_pairs(spec);
  std::erase_if(pairs, [&](const auto& pair) {
    const auto has = [&](const std::string& name) { return names.contains(name); };
    return !has(pair.first + ".weight") || !has(pair.first + ".bias") ||
           std::any_of(std::begin(batch_norm_parts), std::end(batch_norm_parts),
                       [&](const char* part) { return has(pair.second + part); });
  });
  return pairs;
}

/// Makes BatchNorm add the convolution's bias, and nothing else.
void add_bias_only(const Layer& norm, std::vector<float> bias, weights::Weights& weights) {
  const std::size_t channels = bias.size();
  weights.at(norm.name + ".weight").values.assign(channels, 1);
  weights.at(norm.name + ".bias").values = std::move(bias);
  weights.at(norm.name + ".running_mean").values.assign(channels, 0);
  weights.at(norm.name + ".running_var").values.assign(channels, 1 - norm.epsilon);
}

/// A pair whose convolution was not matched completely keeps its values.
void give_up(const std::string& conv, const std::string& norm, MatchedWeights& matched) {
  MatchReport& report = matched.report;
  for (const char* const part : {".weight", ".bias"}) {
    const auto found =
        std::find_if(report.matched.begin(), report.matched.end(),
                     [&](const MatchReport::Matched& m) { return m.name == conv + part; });
    if (found == report.matched.end()) continue;
    report.left_over.push_back(found->foreign);
    report.matched.erase(found);
    matched.weights.erase(conv + part);
  }
  for (const char* const part : batch_norm_parts) report.missing.push_back(norm + part);
}

/// The classes of a detector exported by FaceShot; empty for other files.
std::vector<std::string> classes_of(const weights::WeightFile& file) {
  const auto found = file.metadata.find("faceshot.classes");
  if (found == file.metadata.end()) return {};
  const auto json = nlohmann::json::parse(found->second, nullptr, false);
  std::vector<std::string> classes;
  if (!json.is_array()) return classes;
  for (const auto& name : json)
    if (name.is_string()) classes.push_back(name.get<std::string>());
  return classes;
}

/// Of a detector that FaceShot exported: what holds for a network trained from it as well. The
/// licence of the weights does, and the threshold is a better one than none.
std::map<std::string, std::string> notes_of(const weights::WeightFile& file, bool same_classes) {
  std::map<std::string, std::string> notes;
  for (const char* const key : {"faceshot.license", "faceshot.provenance"})
    if (const auto found = file.metadata.find(key); found != file.metadata.end())
      notes.insert(*found);
  if (const auto found = file.metadata.find("faceshot.score_threshold");
      same_classes && found != file.metadata.end())
    notes.insert(*found);
  return notes;
}

}  // namespace

MatchReport init_weights(weights::Weights& weights, const NetworkSpec& spec,
                         const InitOptions& options) {
  weights::WeightFile file = weights::read_weight_file(options.file);
  std::vector<NamedArray> arrays = std::move(file.arrays);
  read_exporters_constants(spec, arrays);
  const std::vector<std::string> file_classes = classes_of(file);
  std::vector<MatchReport::ClassStart> starts;
  if (!file_classes.empty() && file_classes != spec.classes) {
    starts = class_starts(spec, file_classes);
    carry_class_logits(spec, file_classes, starts, weights, arrays);
  }
  std::vector<MatchReport::Grown> grown;
  std::vector<std::string> branches;
  if (options.grow) {
    if (!starts.empty())
      fail(ErrorCode::invalid_argument, options,
           "its classes are not the network's (model.classes), so model.init.grow cannot keep what "
           "it computes; train it on the new classes first, then grow it");
    branches = new_branches(spec, arrays);
    grown = grow_arrays(spec, weights, arrays);
  }
  const auto folded = folded_pairs(spec, arrays);
  Shapes want;
  for (const auto& [name, array] : weights) want[name] = array.shape;
  for (const auto& [conv, norm] : folded) {
    want[conv + ".bias"] = want.at(norm + ".bias");
    for (const char* const part : batch_norm_parts) want.erase(norm + part);
  }
  MatchedWeights matched = match(std::move(arrays), want, options);
  for (const auto& [conv, norm] : folded)
    if (!matched.weights.contains(conv + ".weight") || !matched.weights.contains(conv + ".bias"))
      give_up(conv, norm, matched);
  if (options.grow) require_whole_function(spec, matched.report, branches);
  // A single non-finite value would spread to all weights.
  for (const auto& [name, array] : matched.weights)
    if (const auto bad = weights::array_stats(array.values).not_finite; bad > 0)
      fail(ErrorCode::format, options,
           "of the values for '" + name + "' " + std::to_string(bad) + " are not finite");

  for (const Layer& norm : spec.layers) {
    if (norm.kind != LayerKind::batch_norm) continue;
    const auto pair = folded.find(norm.inputs.front());
    if (pair == folded.end() || pair->second != norm.name) continue;
    const auto bias = matched.weights.find(pair->first + ".bias");
    if (bias == matched.weights.end()) continue;
    add_bias_only(norm, std::move(bias->second.values), weights);
    matched.weights.erase(bias);
    if (const auto own = weights.find(pair->first + ".bias"); own != weights.end())
      std::fill(own->second.values.begin(), own->second.values.end(), 0.0F);
    matched.report.unfolded.push_back(norm.name);
  }
  for (auto& [name, array] : matched.weights) weights.at(name) = std::move(array);
  for (const std::string& norm : branches) {
    std::vector<float>& scale = weights.at(norm + ".weight").values;
    std::fill(scale.begin(), scale.end(), 0.0F);
  }
  matched.report.notes = notes_of(file, starts.empty());
  matched.report.classes = std::move(starts);
  matched.report.grown = std::move(grown);
  matched.report.branches = std::move(branches);
  return std::move(matched.report);
}

}  // namespace faceshot::train
