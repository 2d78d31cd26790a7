#include "export/onnx_writer.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "faceshot/error.hpp"
#include "faceshot/version.hpp"

namespace faceshot::exporter {
namespace {

using network::Layer;
using network::LayerKind;
using weights::WeightArray;
using weights::Weights;

static_assert(std::endian::native == std::endian::little, "ONNX raw data is little-endian");

void add_ints(onnx::NodeProto& node, const char* name, std::initializer_list<std::int64_t> values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t v : values) attribute.add_ints(v);
}

void add_int(onnx::NodeProto& node, const char* name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void add_float(onnx::NodeProto& node, const char* name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void add_string(onnx::NodeProto& node, const char* name, const char* value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

/// Old enough for Clip's bounds to be attributes, the only form that OpenCV 4.6 reads.
constexpr int opset_version = 10;

class GraphWriter {
 public:
  GraphWriter(onnx::GraphProto& graph, const Weights& weights) : graph_(graph), weights_(weights) {}

  void layer(const Layer& layer) {
    switch (layer.kind) {
      case LayerKind::conv:
        return conv(layer);
      case LayerKind::batch_norm: {
        onnx::NodeProto& n = node("BatchNormalization", layer.name, layer.inputs);
        for (const char* const part : {".weight", ".bias", ".running_mean", ".running_var"})
          n.add_input(parameter(layer.name + part, layer.out_channels));
        add_float(n, "epsilon", layer.epsilon);
        return;
      }
      case LayerKind::relu:
        node("Relu", layer.name, layer.inputs);
        return;
      case LayerKind::relu6: {
        onnx::NodeProto& n = node("Clip", layer.name, layer.inputs);
        add_float(n, "min", 0);
        add_float(n, "max", 6);
        return;
      }
      case LayerKind::add:
        node("Add", layer.name, layer.inputs);
        return;
      case LayerKind::concat:
        return concat(layer.name, layer.inputs);
      case LayerKind::upsample:
        return upsample(layer);
      case LayerKind::max_pool: {
        onnx::NodeProto& n = node("MaxPool", layer.name, layer.inputs);
        add_window(n, layer);
        add_int(n, "ceil_mode", layer.ceil_mode ? 1 : 0);
        return;
      }
      case LayerKind::avg_pool:
        return avg_pool(layer);
      case LayerKind::l2_norm:
        return l2_norm(layer);
      case LayerKind::max_out:
        return max_out(layer);
    }
  }

  /// Reshapes a head's map [1, K*V, H, W] to [1, H*W*K, V].
  std::string flatten(const std::string& map, std::int64_t values_per_prior) {
    onnx::NodeProto& transpose = node("Transpose", map + ".nhwc", {map});
    add_ints(transpose, "perm", {0, 2, 3, 1});
    const std::string shape = "shape_" + std::to_string(values_per_prior);
    int64_constant(shape, {1, -1, values_per_prior});
    node("Reshape", map + ".rows", {map + ".nhwc", shape});
    return map + ".rows";
  }

  void concat(const std::string& name, const std::vector<std::string>& inputs) {
    add_int(node("Concat", name, inputs), "axis", 1);
  }

 private:
  onnx::NodeProto& node(const char* op, const std::string& output,
                        const std::vector<std::string>& inputs) {
    onnx::NodeProto& n = *graph_.add_node();
    n.set_op_type(op);
    n.set_name(output);
    for (const std::string& input : inputs) n.add_input(input);
    n.add_output(output);
    return n;
  }

  void conv(const Layer& layer) {
    onnx::NodeProto& n = node("Conv", layer.name, layer.inputs);
    n.add_input(parameter(layer.name + ".weight", std::int64_t{layer.out_channels} *
                                                      (layer.in_channels / layer.groups) *
                                                      layer.kernel.height * layer.kernel.width));
    if (layer.bias) n.add_input(parameter(layer.name + ".bias", layer.out_channels));
    add_window(n, layer);
    add_ints(n, "dilations", {layer.dilation, layer.dilation});
    add_int(n, "group", layer.groups);
  }

  static void add_window(onnx::NodeProto& n, const Layer& layer) {
    add_ints(n, "kernel_shape", {layer.kernel.height, layer.kernel.width});
    add_ints(n, "strides", {layer.stride, layer.stride});
    const network::Padding& p = layer.padding;
    if (layer.pads_same)
      add_string(n, "auto_pad", "SAME_UPPER");
    else
      add_ints(n, "pads", {p.top, p.left, p.bottom, p.right});
  }

  /// A depthwise convolution with equal weights. AveragePool would be equivalent, but OpenCV 4.6
  /// ignores its count_include_pad and is wrong at the border.
  void avg_pool(const Layer& layer) {
    const int area = layer.kernel.height * layer.kernel.width;
    const std::string weight = layer.name + ".weight";
    add_initializer(weight, {layer.out_channels, 1, layer.kernel.height, layer.kernel.width},
                    std::vector<float>(static_cast<std::size_t>(layer.out_channels * area),
                                       1.0F / static_cast<float>(area)));
    onnx::NodeProto& n = node("Conv", layer.name, {layer.inputs.front(), weight});
    add_window(n, layer);
    add_int(n, "group", layer.out_channels);
  }

  /// y_c = x_c * scale_c / sqrt(sum of x_k^2). The sum is a 1x1 convolution that outputs it for
  /// every channel, already divided by scale_c^2: OpenCV 4.6 has no LpNormalization, and divides
  /// only maps of the same shape. It costs a hundredth of VGG.
  void l2_norm(const Layer& layer) {
    const auto channels = static_cast<std::size_t>(layer.out_channels);
    const WeightArray& scale = array_of(layer.name + ".weight", layer.out_channels);
    std::vector<float> weight(channels * channels);
    for (std::size_t c = 0; c < channels; ++c)
      std::fill_n(weight.begin() + static_cast<std::ptrdiff_t>(c * channels), channels,
                  1 / (scale.values[c] * scale.values[c]));
    add_initializer(layer.name + ".sums", {layer.out_channels, layer.out_channels, 1, 1}, weight);
    // The zero vector has no direction and stays zero.
    add_initializer(layer.name + ".least", {layer.out_channels},
                    std::vector<float>(channels, 1e-20F));
    const std::string& in = layer.inputs.front();
    const std::string name = layer.name;
    node("Mul", name + ".squares", {in, in});
    onnx::NodeProto& n = node("Conv", name + ".length2", {name + ".squares", name + ".sums"});
    n.add_input(name + ".least");
    add_ints(n, "kernel_shape", {1, 1});
    node("Sqrt", name + ".length", {name + ".length2"});
    node("Div", name, {in, name + ".length"});
  }

  /// The maximum of as many maps as the longest run has channels: map j has the j-th channel of
  /// each run (its last if the run is shorter), selected by a 1x1 convolution of ones and zeros.
  /// Slices would need one node per channel.
  void max_out(const Layer& layer) {
    const auto in = static_cast<std::size_t>(layer.in_channels);
    std::vector<std::string> maps;
    for (int j = 0; j < *std::max_element(layer.runs.begin(), layer.runs.end()); ++j) {
      std::vector<float> pick(static_cast<std::size_t>(layer.out_channels) * in);
      std::size_t first = 0, row = 0;  // of the run, and of its output
      for (; row < static_cast<std::size_t>(layer.out_channels); ++row) {
        const int run = layer.runs[row % layer.runs.size()];
        pick[row * in + first + static_cast<std::size_t>(std::min(j, run - 1))] = 1;
        first += static_cast<std::size_t>(run);
      }
      const std::string map = layer.name + ".pick" + std::to_string(j);
      add_initializer(map + ".weight", {layer.out_channels, layer.in_channels, 1, 1}, pick);
      add_ints(node("Conv", map, {layer.inputs.front(), map + ".weight"}), "kernel_shape", {1, 1});
      maps.push_back(map);
    }
    node("Max", layer.name, maps);
  }

  void upsample(const Layer& layer) {
    const std::string scales = "scales_" + std::to_string(layer.stride);
    const auto factor = static_cast<float>(layer.stride);
    if (!has_initializer(scales)) add_initializer(scales, {4}, {1, 1, factor, factor});
    add_string(node("Resize", layer.name, {layer.inputs.front(), scales}), "mode", "nearest");
  }

  [[nodiscard]] bool has_initializer(const std::string& name) const {
    for (const onnx::TensorProto& tensor : graph_.initializer())
      if (tensor.name() == name) return true;
    return false;
  }

  void add_initializer(const std::string& name, const std::vector<std::int64_t>& shape,
                       const std::vector<float>& values) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t d : shape) tensor.add_dims(d);
    tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  }

  void int64_constant(const std::string& name, const std::vector<std::int64_t>& values) {
    if (has_initializer(name)) return;
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    tensor.set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  }

  [[nodiscard]] const WeightArray& array_of(const std::string& name, std::int64_t size) const {
    const auto found = weights_.find(name);
    if (found == weights_.end())
      throw Error(ErrorCode::format, "weights: '" + name + "' is missing");
    if (static_cast<std::int64_t>(found->second.values.size()) != size)
      throw Error(ErrorCode::format, "weights: '" + name + "' has " +
                                         std::to_string(found->second.values.size()) +
                                         " values; the network needs " + std::to_string(size));
    return found->second;
  }

  std::string parameter(const std::string& name, std::int64_t size) {
    const WeightArray& array = array_of(name, size);
    add_initializer(name, array.shape, array.values);
    return name;
  }

  onnx::GraphProto& graph_;
  const Weights& weights_;
};

/// Declares an input or output; for an empty name in `names`, the number in `sizes` is used.
void declare(onnx::ValueInfoProto& info, const char* name, const std::vector<std::string>& names,
             const std::vector<std::int64_t>& sizes) {
  info.set_name(name);
  onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto::FLOAT);
  for (std::size_t d = 0; d < names.size(); ++d) {
    auto& dim = *tensor.mutable_shape()->add_dim();
    if (names[d].empty())
      dim.set_dim_value(sizes[d]);
    else
      dim.set_dim_param(names[d]);
  }
}

std::int64_t prior_count(const network::NetworkSpec& spec, FixedSize size) {
  const auto features = network::feature_sizes(spec, size.width, size.height);
  std::int64_t count = 0;
  for (std::size_t l = 0; l < features.size(); ++l)
    count += std::int64_t{features[l].width} * features[l].height *
             static_cast<std::int64_t>(spec.priors.levels[l].priors_per_cell());
  return count;
}

}  // namespace

std::string write_onnx(const network::NetworkSpec& spec, const Weights& weights,
                       const std::map<std::string, std::string>& metadata,
                       std::optional<FixedSize> size) {
  network::validate(spec);
  if (size && (size->width <= 0 || size->height <= 0 || size->width % spec.size_divisor != 0 ||
               size->height % spec.size_divisor != 0))
    throw Error(ErrorCode::invalid_argument,
                "export size " + std::to_string(size->width) + "x" + std::to_string(size->height) +
                    ": width and height must be multiples of " + std::to_string(spec.size_divisor));
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("faceshot");
  model.set_producer_version(FACESHOT_VERSION);
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(opset_version);
  for (const auto& [key, value] : metadata) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }

  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(spec.name);
  GraphWriter writer(graph, weights);
  for (const Layer& layer : spec.layers) writer.layer(layer);
  const auto classes = static_cast<std::int64_t>(spec.classes.size()) + 1;
  std::vector<std::string> locs;
  std::vector<std::string> confs;
  for (const network::Head& head : spec.heads) {
    locs.push_back(writer.flatten(head.loc, 4));
    confs.push_back(writer.flatten(head.conf, classes));
  }
  writer.concat("loc", locs);
  writer.concat("conf", confs);
  if (network::has_landmarks(spec)) {
    std::vector<std::string> landmarks;
    for (const network::Head& head : spec.heads)
      landmarks.push_back(writer.flatten(head.landmarks, 10));
    writer.concat("landmarks", landmarks);
  }

  const std::int64_t priors = size ? prior_count(spec, *size) : 0;
  const std::string rows = size ? "" : "priors";
  declare(*graph.add_input(), "input", {"", "", size ? "" : "height", size ? "" : "width"},
          {1, spec.input_channels, size ? size->height : 0, size ? size->width : 0});
  declare(*graph.add_output(), "loc", {"", rows, ""}, {1, priors, 4});
  declare(*graph.add_output(), "conf", {"", rows, ""}, {1, priors, classes});
  if (network::has_landmarks(spec))
    declare(*graph.add_output(), "landmarks", {"", rows, ""}, {1, priors, 10});

  std::string bytes;
  if (!model.SerializeToString(&bytes))
    throw Error(ErrorCode::unsupported, "the network is too large for one ONNX file (2 GB)");
  return bytes;
}

}  // namespace faceshot::exporter
