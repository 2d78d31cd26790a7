#include "detect/tiny_model.hpp"

#include <onnx/onnx_pb.h>

#include <vector>

namespace faceshot::testing {
namespace {

void add_ints(onnx::NodeProto& node, const char* name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t v : values) attribute.add_ints(v);
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const char* op,
                          const std::vector<std::string>& inputs, const std::string& output) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(op);
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void add_weights(onnx::GraphProto& graph, const std::string& name,
                 const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t d : shape) tensor.add_dims(d);
  for (const float v : values) tensor.add_float_data(v);
}

void add_head(onnx::GraphProto& graph, const std::string& name, const std::vector<float>& gains,
              const std::vector<float>& biases) {
  const auto channels = static_cast<std::int64_t>(gains.size());
  add_weights(graph, name + ".weight", {channels, 1, 1, 1}, gains);
  add_weights(graph, name + ".bias", {channels}, biases);
  add_ints(add_node(graph, "Conv", {"cells", name + ".weight", name + ".bias"}, name + ".map"),
           "kernel_shape", {1, 1});
  add_ints(add_node(graph, "Transpose", {name + ".map"}, name + ".nhwc"), "perm", {0, 2, 3, 1});
  onnx::TensorProto& shape = *graph.add_initializer();
  shape.set_name(name + ".shape");
  shape.set_data_type(onnx::TensorProto::INT64);
  shape.add_dims(3);
  for (const std::int64_t d : {std::int64_t{1}, std::int64_t{-1}, channels})
    shape.add_int64_data(d);
  add_node(graph, "Reshape", {name + ".nhwc", name + ".shape"}, name);
}

void set_float_type(onnx::ValueInfoProto& value, const std::string& name,
                    const std::vector<std::string>& dimensions) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::string& d : dimensions) {
    auto& dimension = *type.mutable_shape()->add_dim();
    if (d.find_first_not_of("0123456789") == std::string::npos)
      dimension.set_dim_value(std::stoll(d));
    else
      dimension.set_dim_param(d);
  }
}

}  // namespace

ModelInfo tiny_info() {
  ModelInfo info;
  info.name = "bright cells";
  info.scale = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
  info.size_divisor = 8;
  info.priors.levels = {{{8}, {}, {}, true, 8}};
  info.priors.variances = {0.1F, 0.1F, 0.1F, 0.1F};
  info.features = {"cells"};
  return info;
}

std::string tiny_onnx(const ModelInfo& info) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("bright cells");
  set_float_type(*graph.add_input(), "image", {"1", "3", "height", "width"});
  set_float_type(*graph.add_output(), "loc", {"1", "priors", "4"});
  set_float_type(*graph.add_output(), "conf", {"1", "priors", "2"});
  add_weights(graph, "mean.weight", {1, 3, 8, 8}, std::vector<float>(192, 1 / 192.0F));
  onnx::NodeProto& mean = add_node(graph, "Conv", {"image", "mean.weight"}, "cells");
  add_ints(mean, "kernel_shape", {8, 8});
  add_ints(mean, "strides", {8, 8});
  add_head(graph, "loc", {0, 0, 0, 0}, {1.25F, 0, 0, 0});
  add_head(graph, "conf", {0, 20}, {0, -10});
  for (const auto& [key, value] : info.to_metadata()) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
  return model.SerializeAsString();
}

}  // namespace faceshot::testing
