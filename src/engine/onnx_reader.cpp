#include "engine/onnx_reader.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

constexpr std::int64_t max_elements = std::int64_t{1} << 31;

/// Constant tensors of the file: weights as floats, shapes as integers.
struct Constant {
  Shape shape;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
};

class Reader {
 public:
  Reader(const onnx::ModelProto& model, std::string name) : model_(model), name_(std::move(name)) {
    graph_.name = model.graph().name();
  }

  Graph read() {
    for (const auto& entry : model_.metadata_props()) graph_.metadata[entry.key()] = entry.value();
    const onnx::GraphProto& proto = model_.graph();
    for (const auto& initializer : proto.initializer())
      constants_[initializer.name()] = constant(initializer);
    for (const auto& input : proto.input())
      if (!constants_.contains(input.name())) graph_.inputs.push_back(declare_input(input));
    if (graph_.inputs.empty()) fail("the graph has no input");
    for (const auto& node : proto.node()) read_node(node);
    if (proto.output().empty()) fail("the graph has no output");
    for (const auto& output : proto.output()) {
      const auto found = tensor_.find(output.name());
      if (found == tensor_.end()) fail("no node makes the output '" + output.name() + "'");
      graph_.outputs.push_back(found->second);
    }
    return std::move(graph_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::format, "'" + name_ + "' is not a valid ONNX network: " + what);
  }
  [[noreturn]] void unsupported(const onnx::NodeProto& node, const std::string& what) const {
    throw Error(ErrorCode::unsupported,
                "'" + name_ + "': node '" + label(node) + "' (" + node.op_type() + "): " + what);
  }
  [[noreturn]] void damaged(const onnx::NodeProto& node, const std::string& what) const {
    fail("node '" + label(node) + "' (" + node.op_type() + ") " + what);
  }
  static std::string label(const onnx::NodeProto& node) {
    if (!node.name().empty()) return node.name();
    return node.output().empty() ? "unnamed" : node.output(0);
  }

  std::int64_t element_count(const Shape& shape, const std::string& of) const {
    std::int64_t count = 1;
    for (const std::int64_t d : shape) {
      if (d < 0 || (d > 0 && count > max_elements / d)) fail("'" + of + "' has an absurd shape");
      count *= d;
    }
    return count;
  }

  template <typename T>
  std::vector<T> raw_values(const onnx::TensorProto& proto, std::int64_t count) const {
    if (proto.raw_data().size() != static_cast<std::size_t>(count) * sizeof(T))
      fail("'" + proto.name() + "' holds " + std::to_string(proto.raw_data().size()) +
           " bytes where its shape needs " +
           std::to_string(static_cast<std::size_t>(count) * sizeof(T)));
    std::vector<T> values(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(values.data(), proto.raw_data().data(), proto.raw_data().size());
    return values;
  }

  Constant constant(const onnx::TensorProto& proto) const {
    Constant c;
    c.shape.assign(proto.dims().begin(), proto.dims().end());
    const std::int64_t count = element_count(c.shape, proto.name());
    if (proto.data_location() == onnx::TensorProto::EXTERNAL)
      throw Error(ErrorCode::unsupported,
                  "'" + name_ + "': '" + proto.name() + "' is stored outside the file");
    const auto sized = [&](const auto& field) {
      if (field.size() != count)
        fail("'" + proto.name() + "' holds " + std::to_string(field.size()) +
             " values where its shape needs " + std::to_string(count));
    };
    switch (proto.data_type()) {
      case onnx::TensorProto::FLOAT:
        if (proto.has_raw_data()) {
          c.floats = raw_values<float>(proto, count);
        } else {
          sized(proto.float_data());
          c.floats.assign(proto.float_data().begin(), proto.float_data().end());
        }
        break;
      case onnx::TensorProto::INT64:
        if (proto.has_raw_data()) {
          c.integers = raw_values<std::int64_t>(proto, count);
        } else {
          sized(proto.int64_data());
          c.integers.assign(proto.int64_data().begin(), proto.int64_data().end());
        }
        break;
      default:
        throw Error(ErrorCode::unsupported, "'" + name_ + "': constant '" + proto.name() +
                                                "' is of an element type that the engine lacks");
    }
    return c;
  }

  int add_tensor(const std::string& name) {
    if (name.empty()) fail("a tensor has no name");
    const int index = static_cast<int>(graph_.tensors.size());
    if (constants_.contains(name) || !tensor_.emplace(name, index).second)
      fail("two tensors are named '" + name + "'");
    graph_.tensors.push_back({name, {}});
    return index;
  }

  int declare_input(const onnx::ValueInfoProto& info) {
    const int index = add_tensor(info.name());
    const auto& type = info.type().tensor_type();
    if (type.elem_type() != onnx::TensorProto::FLOAT)
      throw Error(ErrorCode::unsupported,
                  "'" + name_ + "': input '" + info.name() + "' is not of 32-bit floats");
    Shape& declared = graph_.tensors.back().declared;
    for (const auto& dim : type.shape().dim())
      declared.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
    return index;
  }

  // --- attributes -------------------------------------------------------------------------------

  static const onnx::AttributeProto* attribute(const onnx::NodeProto& node, const char* name) {
    for (const auto& a : node.attribute())
      if (a.name() == name) return &a;
    return nullptr;
  }
  static std::int64_t integer(const onnx::NodeProto& node, const char* name,
                              std::int64_t standard) {
    const auto* const a = attribute(node, name);
    return a != nullptr ? a->i() : standard;
  }
  static float real(const onnx::NodeProto& node, const char* name, float standard) {
    const auto* const a = attribute(node, name);
    return a != nullptr ? a->f() : standard;
  }
  static std::string text(const onnx::NodeProto& node, const char* name, const char* standard) {
    const auto* const a = attribute(node, name);
    return a != nullptr ? a->s() : standard;
  }
  template <std::size_t N>
  void integers(const onnx::NodeProto& node, const char* name, std::array<std::int64_t, N>& into,
                std::int64_t low) const {
    const auto* const a = attribute(node, name);
    if (a == nullptr) return;
    if (a->ints_size() != static_cast<int>(N))
      unsupported(node, std::string("only two-dimensional windows are supported (") + name + ")");
    for (std::size_t i = 0; i < N; ++i) {
      into[i] = a->ints(static_cast<int>(i));
      if (into[i] < low || into[i] > 4096) damaged(node, std::string("has an absurd ") + name);
    }
  }

  // --- inputs -----------------------------------------------------------------------------------

  [[nodiscard]] bool has_input(const onnx::NodeProto& node, int i) const {
    return i < node.input_size() && !node.input(i).empty();
  }
  int activation(const onnx::NodeProto& node, int i) const {
    if (!has_input(node, i)) damaged(node, "lacks input " + std::to_string(i));
    const auto found = tensor_.find(node.input(i));
    if (found != tensor_.end()) return found->second;
    if (constants_.contains(node.input(i)))
      unsupported(node, "a constant stands where a computed tensor is expected");
    damaged(node, "reads '" + node.input(i) + "', which nothing before it makes");
  }
  const Constant& constant_input(const onnx::NodeProto& node, int i) const {
    if (!has_input(node, i)) damaged(node, "lacks input " + std::to_string(i));
    const auto found = constants_.find(node.input(i));
    if (found == constants_.end())
      unsupported(node, "input '" + node.input(i) + "' must be a constant");
    return found->second;
  }

  // --- operators --------------------------------------------------------------------------------

  void read_node(const onnx::NodeProto& proto) {
    const std::string& type = proto.op_type();
    if (proto.output_size() < 1) damaged(proto, "has no output");
    if (type == "Constant") {
      const auto* const value = attribute(proto, "value");
      if (value == nullptr || !value->has_t())
        unsupported(proto, "only tensor values are supported");
      Constant c = constant(value->t());
      if (tensor_.contains(proto.output(0)) ||
          !constants_.emplace(proto.output(0), std::move(c)).second)
        fail("two tensors are named '" + proto.output(0) + "'");
      return;
    }
    Node node;
    node.name = label(proto);
    if (type == "Conv")
      read_conv(proto, node);
    else if (type == "BatchNormalization")
      read_batch_norm(proto, node);
    else if (type == "Relu" || type == "Sigmoid" || type == "Identity" || type == "Dropout")
      read_unary(proto, node,
                 type == "Relu"      ? Op::relu
                 : type == "Sigmoid" ? Op::sigmoid
                                     : Op::identity);
    else if (type == "Clip")
      read_clip(proto, node);
    else if (type == "Softmax")
      read_softmax(proto, node);
    else if (type == "Flatten")
      read_unary(proto, node, Op::flatten), node.axis = integer(proto, "axis", 1);
    else if (type == "Add" || type == "Mul")
      read_binary(proto, node, type == "Add" ? Op::add : Op::mul);
    else if (type == "MaxPool")
      read_max_pool(proto, node);
    else if (type == "Concat")
      read_concat(proto, node);
    else if (type == "Transpose")
      read_transpose(proto, node);
    else if (type == "Reshape")
      read_unary(proto, node, Op::reshape), node.target = constant_input(proto, 1).integers;
    else if (type == "Resize" || type == "Upsample")
      read_resize(proto, node);
    else
      unsupported(proto, "the engine lacks this operator");
    node.output = add_tensor(proto.output(0));
    graph_.nodes.push_back(std::move(node));
  }

  [[nodiscard]] std::int64_t opset() const {
    for (const auto& set : model_.opset_import())
      if (set.domain().empty()) return set.version();
    return 1;
  }

  void read_unary(const onnx::NodeProto& proto, Node& node, Op op) {
    node.op = op;
    node.inputs = {activation(proto, 0)};
  }

  void read_softmax(const onnx::NodeProto& proto, Node& node) {
    read_unary(proto, node, Op::softmax);
    node.flattens = opset() < 13;
    node.axis = integer(proto, "axis", node.flattens ? 1 : -1);
  }

  void read_window(const onnx::NodeProto& proto, Node& node) {
    integers(proto, "kernel_shape", node.kernel, 1);
    integers(proto, "strides", node.stride, 1);
    integers(proto, "dilations", node.dilation, 1);
    integers(proto, "pads", node.padding, 0);
    const std::string pad = text(proto, "auto_pad", "NOTSET");
    node.same_upper = pad == "SAME_UPPER";
    node.same_lower = pad == "SAME_LOWER";
    if (pad == "VALID")
      node.padding = {0, 0, 0, 0};
    else if (!node.same_upper && !node.same_lower && pad != "NOTSET")
      unsupported(proto, "auto_pad '" + pad + "'");
  }

  void read_conv(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::conv;
    node.inputs = {activation(proto, 0)};
    const Constant& weight = constant_input(proto, 1);
    if (weight.shape.size() != 4)
      unsupported(proto, "only two-dimensional convolution is supported");
    node.weight = weight.floats;
    node.weight_shape = weight.shape;
    node.kernel = {weight.shape[2], weight.shape[3]};
    read_window(proto, node);
    node.group = integer(proto, "group", 1);
    if (node.weight.empty() || node.kernel[0] != weight.shape[2] ||
        node.kernel[1] != weight.shape[3] || node.group < 1 || weight.shape[0] % node.group != 0)
      damaged(proto, "has weights that do not fit its attributes");
    if (has_input(proto, 2)) {
      node.bias = constant_input(proto, 2).floats;
      if (static_cast<std::int64_t>(node.bias.size()) != weight.shape[0])
        damaged(proto, "has a bias of the wrong size");
    }
  }

  void read_batch_norm(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::batch_norm;
    node.inputs = {activation(proto, 0)};
    const auto& gamma = constant_input(proto, 1).floats;
    const auto& beta = constant_input(proto, 2).floats;
    const auto& mean = constant_input(proto, 3).floats;
    const auto& variance = constant_input(proto, 4).floats;
    if (gamma.empty() || beta.size() != gamma.size() || mean.size() != gamma.size() ||
        variance.size() != gamma.size())
      damaged(proto, "has parameters of different sizes");
    const double epsilon = static_cast<double>(real(proto, "epsilon", 1e-5F));
    for (std::size_t c = 0; c < gamma.size(); ++c) {
      const double scale =
          static_cast<double>(gamma[c]) / std::sqrt(static_cast<double>(variance[c]) + epsilon);
      node.scale.push_back(static_cast<float>(scale));
      node.shift.push_back(
          static_cast<float>(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale));
    }
  }

  void read_clip(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::clip;
    node.inputs = {activation(proto, 0)};
    const auto bound = [&](int i, const char* name, float standard) {
      if (!has_input(proto, i)) return real(proto, name, standard);
      const auto& value = constant_input(proto, i).floats;
      if (value.size() != 1) damaged(proto, "has a bound that is no single number");
      return value.front();
    };
    node.low = bound(1, "min", std::numeric_limits<float>::lowest());
    node.high = bound(2, "max", std::numeric_limits<float>::max());
  }

  void read_binary(const onnx::NodeProto& proto, Node& node, Op op) {
    node.op = op;
    if (proto.input_size() != 2) damaged(proto, "wants two inputs");
    const bool first_constant = constants_.contains(proto.input(0));
    const bool second_constant = constants_.contains(proto.input(1));
    if (first_constant && second_constant) unsupported(proto, "both operands are constant");
    if (!first_constant && !second_constant) {
      node.inputs = {activation(proto, 0), activation(proto, 1)};
      return;
    }
    node.inputs = {activation(proto, first_constant ? 1 : 0)};
    const Constant& c = constant_input(proto, first_constant ? 0 : 1);
    node.constant = c.floats;
    // A single number, or one a channel: [C, 1, 1] or [1, C, 1, 1].
    const bool scalar = c.floats.size() == 1;
    const bool channels = (c.shape.size() == 3 || (c.shape.size() == 4 && c.shape[0] == 1)) &&
                          c.shape[c.shape.size() - 1] == 1 && c.shape[c.shape.size() - 2] == 1;
    if (c.floats.empty() || (!scalar && !channels))
      unsupported(proto, "constant operands must be one number, or one a channel");
  }

  void read_max_pool(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::max_pool;
    node.inputs = {activation(proto, 0)};
    if (attribute(proto, "kernel_shape") == nullptr) damaged(proto, "lacks kernel_shape");
    read_window(proto, node);
    if (integer(proto, "ceil_mode", 0) != 0) unsupported(proto, "ceil_mode");
    if (node.dilation != std::array<std::int64_t, 2>{1, 1}) unsupported(proto, "dilated pooling");
    if (proto.output_size() > 1) unsupported(proto, "indices as second output");
  }

  void read_concat(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::concat;
    if (proto.input_size() < 1) damaged(proto, "has no inputs");
    for (int i = 0; i < proto.input_size(); ++i) node.inputs.push_back(activation(proto, i));
    node.axis = integer(proto, "axis", 1);
  }

  void read_transpose(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::transpose;
    node.inputs = {activation(proto, 0)};
    const auto* const perm = attribute(proto, "perm");
    if (perm == nullptr) unsupported(proto, "perm must be given");
    node.permutation.assign(perm->ints().begin(), perm->ints().end());
    Shape sorted = node.permutation;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<std::int64_t>(i)) damaged(proto, "has a perm that is none");
  }

  void read_resize(const onnx::NodeProto& proto, Node& node) {
    node.op = Op::resize;
    node.inputs = {activation(proto, 0)};
    if (text(proto, "mode", "nearest") != "nearest") unsupported(proto, "only mode nearest");
    std::vector<float> scales;
    if (const auto* const old = attribute(proto, "scales"))
      scales.assign(old->floats().begin(), old->floats().end());
    else
      scales = constant_input(proto, proto.op_type() == "Upsample" || opset() < 11 ? 1 : 2).floats;
    const auto whole = [&](float s) {
      if (!(s >= 1 && s <= 64) || s != std::floor(s)) unsupported(proto, "scales must be whole");
      return static_cast<std::int64_t>(s);
    };
    if (scales.size() != 4 || scales[0] != 1 || scales[1] != 1)
      unsupported(proto, "scales must be constant and of height and width only");
    node.factor_y = whole(scales[2]);
    node.factor_x = whole(scales[3]);
    // For whole factors these agree: each pixel is repeated.
    const std::string coordinates = text(proto, "coordinate_transformation_mode", "half_pixel");
    const std::string rounding = text(proto, "nearest_mode", "round_prefer_floor");
    const bool repeats = proto.op_type() == "Upsample" || opset() < 11 ||
                         (coordinates == "asymmetric" && rounding == "floor") ||
                         (coordinates == "half_pixel" && rounding.starts_with("round_prefer"));
    if (!repeats) unsupported(proto, coordinates + " with " + rounding);
  }

  const onnx::ModelProto& model_;
  std::string name_;
  Graph graph_;
  std::map<std::string, Constant> constants_;
  std::map<std::string, int> tensor_;
};

}  // namespace

Graph read_onnx(std::span<const std::byte> bytes, const std::string& name) {
  const auto damaged = [&] {
    return Error(ErrorCode::format, "'" + name + "' is damaged or not an ONNX file");
  };
  if (bytes.empty() || bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw damaged();
  // Protobuf would log to stderr what we throw.
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  if (!model.ParseFromZeroCopyStream(&stream) || !model.has_graph()) throw damaged();
  return Reader(model, name).read();
}

}  // namespace faceshot::engine
