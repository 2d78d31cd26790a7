#include "calibrate/fold_score_maps.hpp"

#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "calibrate/candidates.hpp"
#include "detect/heads/head_decoder.hpp"
#include "detect/heads/head_output.hpp"
#include "faceshot/error.hpp"

namespace faceshot::calibrate {
namespace {

using detect::output_rows;

[[noreturn]] void refuse(const onnx::NodeProto* node, const std::string& why) {
  throw Error(ErrorCode::unsupported,
              "calibration" +
                  (node == nullptr ? std::string()
                                   : ": node '" + node->name() + "' (" + node->op_type() + ")") +
                  ": " + why + "; faceshot export writes files that can be calibrated");
}

/// A graph whose nodes are found by their outputs.
class Graph {
 public:
  explicit Graph(onnx::GraphProto& graph) : graph_(graph) {
    for (onnx::NodeProto& node : *graph.mutable_node())
      for (const std::string& output : node.output()) makers_[output] = &node;
  }

  /// @return the node that computes a tensor, which must be of this kind
  onnx::NodeProto& maker(const std::string& tensor, const char* op_type) {
    onnx::NodeProto* const node = find(tensor);
    if (node == nullptr || node->op_type() != op_type)
      refuse(node, std::string("a ") + op_type + " should make '" + tensor + "'");
    return *node;
  }

  onnx::NodeProto* find(const std::string& tensor) {
    const auto found = makers_.find(tensor);
    return found == makers_.end() ? nullptr : found->second;
  }

  /// An initialiser that only this input reads: if others read it too, it is replaced by a copy.
  onnx::TensorProto& own_initializer(onnx::NodeProto& node, int input) {
    const std::string name = node.input(input);
    for (onnx::TensorProto& tensor : *graph_.mutable_initializer()) {
      if (tensor.name() != name) continue;
      if (tensor.data_type() != onnx::TensorProto::FLOAT ||
          tensor.data_location() == onnx::TensorProto::EXTERNAL)
        refuse(&node,
               "its parameter '" + name + "' is not stored as 32-bit floats in the file itself");
      if (readers(name) == 1) return tensor;
      onnx::TensorProto copy = tensor;
      copy.set_name(free_name(name));
      node.set_input(input, copy.name());
      return *graph_.add_initializer() = std::move(copy);
    }
    refuse(&node, "its parameter '" + name + "' is not an initialiser");
  }

  /// A bias of zeros for a convolution that has none.
  void add_bias(onnx::NodeProto& node, std::int64_t channels) {
    onnx::TensorProto& bias = *graph_.add_initializer();
    bias.set_name(free_name(node.output(0) + ".bias"));
    bias.set_data_type(onnx::TensorProto::FLOAT);
    bias.add_dims(channels);
    const std::vector<float> zeros(static_cast<std::size_t>(channels));
    bias.set_raw_data(zeros.data(), zeros.size() * sizeof(float));
    if (node.input_size() == 3)
      node.set_input(2, bias.name());
    else
      node.add_input(bias.name());
  }

 private:
  [[nodiscard]] std::ptrdiff_t readers(const std::string& name) const {
    std::ptrdiff_t count = 0;
    for (const onnx::NodeProto& node : graph_.node())
      count += std::count(node.input().begin(), node.input().end(), name);
    for (const auto& output : graph_.output()) count += output.name() == name ? 1 : 0;
    return count;
  }

  [[nodiscard]] std::string free_name(const std::string& like) const {
    std::set<std::string> taken;
    for (const onnx::TensorProto& tensor : graph_.initializer()) taken.insert(tensor.name());
    for (const onnx::NodeProto& node : graph_.node())
      taken.insert(node.output().begin(), node.output().end());
    std::string name = like;
    for (int n = 2; taken.contains(name); ++n) name = like + "_" + std::to_string(n);
    return name;
  }

  onnx::GraphProto& graph_;
  std::map<std::string, onnx::NodeProto*> makers_;
};

std::vector<float> values_of(const onnx::TensorProto& tensor) {
  if (!tensor.has_raw_data()) return {tensor.float_data().begin(), tensor.float_data().end()};
  std::vector<float> values(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  return values;
}

void set_values(onnx::TensorProto& tensor, const std::vector<float>& values) {
  tensor.clear_float_data();
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
}

float as_float(double value) { return static_cast<float>(value); }

/// @param maps of the priors of a cell: the convolution has a background and a face channel each
void fold_into_convolution(Graph& graph, onnx::NodeProto& conv, std::span<const PlattMap> maps) {
  const std::size_t channels = 2 * maps.size();
  onnx::TensorProto& weight = graph.own_initializer(conv, 1);
  if (weight.dims_size() != 4 || weight.dims(0) != static_cast<std::int64_t>(channels))
    refuse(&conv, "it should have " + std::to_string(channels) +
                      " channels, two for each prior in a cell");
  std::vector<float> weights = values_of(weight);
  const std::size_t per_channel = weights.size() / channels;
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = as_float(maps[i / per_channel / 2].a * double{weights[i]});
  set_values(weight, weights);
  if (conv.input_size() < 3 || conv.input(2).empty())
    graph.add_bias(conv, static_cast<std::int64_t>(channels));
  onnx::TensorProto& bias = graph.own_initializer(conv, 2);
  std::vector<float> biases = values_of(bias);
  if (biases.size() != channels) refuse(&conv, "its bias and its weights differ in size");
  for (std::size_t c = 0; c < channels; ++c)
    biases[c] = as_float(maps[c / 2].a * double{biases[c]} + (c % 2 == 1 ? maps[c / 2].b : 0));
  set_values(bias, biases);
}

/// @param rows name of a level's part of the confidence output
void fold_into_level(Graph& graph, const std::string& rows, std::span<const PlattMap> maps) {
  onnx::NodeProto& transpose = graph.maker(graph.maker(rows, "Reshape").input(0), "Transpose");
  const std::vector<std::int64_t> channels_last{0, 2, 3, 1};
  const auto& attributes = transpose.attribute();
  if (std::none_of(attributes.begin(), attributes.end(), [&](const onnx::AttributeProto& a) {
        return a.name() == "perm" && std::equal(a.ints().begin(), a.ints().end(),
                                                channels_last.begin(), channels_last.end());
      }))
    refuse(&transpose, "it should move the channels last");
  const std::string& map = transpose.input(0);
  onnx::NodeProto* const maker = graph.find(map);
  if (maker == nullptr || maker->op_type() != "Max")
    return fold_into_convolution(graph, graph.maker(map, "Conv"), maps);
  for (const std::string& input : maker->input())
    fold_into_convolution(graph, graph.maker(input, "Conv"), maps);
}

}  // namespace

std::string fold_score_maps(std::string_view onnx, const ModelInfo& info,
                            std::span<const PlattMap> maps,
                            const std::map<std::string, std::string>& metadata) {
  if (maps.size() != prior_kinds(info.priors) ||
      std::any_of(maps.begin(), maps.end(), [](const PlattMap& m) { return !(m.a > 0); }))
    throw Error(ErrorCode::invalid_argument,
                "calibration: there must be one increasing map for each prior in a cell");
  onnx::ModelProto model;
  {
    const google::protobuf::LogSilencer silence;
    if (!model.ParseFromArray(onnx.data(), static_cast<int>(onnx.size())))
      throw Error(ErrorCode::format, "calibration: the file is damaged or not an ONNX model");
  }
  Graph graph(*model.mutable_graph());
  std::vector<std::string> levels{info.conf_output};
  if (const auto* const joined = graph.find(info.conf_output);
      joined != nullptr && joined->op_type() == "Concat")
    levels.assign(joined->input().begin(), joined->input().end());
  if (levels.size() != info.priors.levels.size())
    refuse(graph.find(info.conf_output), "it should concatenate " +
                                             std::to_string(info.priors.levels.size()) +
                                             " levels, not " + std::to_string(levels.size()));
  std::size_t first = 0;
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const std::size_t count = info.priors.levels[l].priors_per_cell();
    fold_into_level(graph, levels[l], maps.subspan(first, count));
    first += count;
  }
  for (const auto& [key, value] : metadata) {
    auto& entries = *model.mutable_metadata_props();
    const auto found =
        std::find_if(entries.begin(), entries.end(),
                     [&, &wanted = key](const auto& e) { return e.key() == wanted; });
    onnx::StringStringEntryProto& entry = found == entries.end() ? *entries.Add() : *found;
    entry.set_key(key);
    entry.set_value(value);
  }
  std::string bytes;
  if (!model.SerializeToString(&bytes))
    throw Error(ErrorCode::format, "calibration: the network cannot be written");
  return bytes;
}

void prove_folded(const Network& original, const Network& folded, const ModelInfo& info,
                  std::span<const PlattMap> maps) {
  const auto declared = original.input_shape(original.inputs().front());
  const auto side = [&](std::size_t d, int free) {
    if (declared.size() == 4 && declared[d] > 0) return static_cast<int>(declared[d]);
    return (free + info.size_divisor - 1) / info.size_divisor * info.size_divisor;
  };
  const int height = side(2, 160), width = side(3, 224);
  const std::vector<std::int64_t> shape{1, 3, height, width};
  Session before(original, shape), after(folded, shape);
  const auto kinds =
      kinds_of_priors(info.priors, detect::feature_sizes(info, before, width, height));
  const auto rows = static_cast<std::int64_t>(kinds.size());
  const float* const conf_before = output_rows(before, info.conf_output, rows, 2).data();
  const float* const conf_after = output_rows(after, info.conf_output, rows, 2).data();
  const float* const loc_before = output_rows(before, info.loc_output, rows, 4).data();
  const float* const loc_after = output_rows(after, info.loc_output, rows, 4).data();
  const auto close = [](double a, double b) {  // false for NaN
    return std::abs(a - b) <= 1e-4 * std::max(1.0, std::abs(b));
  };
  const auto logit = [](const float* conf, std::size_t p) {
    return double{conf[2 * p + 1]} - double{conf[2 * p]};
  };
  for (std::uint32_t index = 0; index < 3; ++index) {
    base::Random random(20200831, 0, index);
    for (std::size_t i = 0; i < std::size_t{3} * static_cast<std::size_t>(width * height); ++i)
      before.input()[i] = after.input()[i] = random.uniform(-1, 1);
    before.run();
    after.run();
    bool equal = std::equal(loc_before, loc_before + 4 * rows, loc_after,
                            [&](float a, float b) { return close(double{a}, double{b}); });
    for (std::size_t p = 0; p < kinds.size(); ++p)
      equal = equal && close(logit(conf_after, p), maps[kinds[p]](logit(conf_before, p)));
    if (!equal)
      throw Error(ErrorCode::format,
                  "calibration: the file with the maps folded in does not give the mapped outputs "
                  "of the network; nothing was written");
  }
}

}  // namespace faceshot::calibrate
