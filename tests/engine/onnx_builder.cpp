#include "engine/onnx_builder.hpp"

namespace faceshot::testing {
namespace {

void set_float_type(onnx::ValueInfoProto& value, const std::vector<std::string>& dimensions) {
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

onnx::AttributeProto& attribute(onnx::NodeProto& node, const std::string& name,
                                onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& added = *node.add_attribute();
  added.set_name(name);
  added.set_type(type);
  return added;
}

}  // namespace

OnnxBuilder::OnnxBuilder(std::int64_t opset) {
  model_.set_ir_version(8);
  model_.add_opset_import()->set_version(opset);
  model_.mutable_graph()->set_name("test");
}

void OnnxBuilder::input(const std::string& name, const std::vector<std::string>& dimensions) {
  onnx::ValueInfoProto& value = *model_.mutable_graph()->add_input();
  value.set_name(name);
  set_float_type(value, dimensions);
}

void OnnxBuilder::output(const std::string& name) {
  onnx::ValueInfoProto& value = *model_.mutable_graph()->add_output();
  value.set_name(name);
  set_float_type(value, {});
}

void OnnxBuilder::weights(const std::string& name, const std::vector<std::int64_t>& shape,
                          const std::vector<float>& values) {
  onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t d : shape) tensor.add_dims(d);
  for (const float v : values) tensor.add_float_data(v);
}

void OnnxBuilder::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t v : values) tensor.add_int64_data(v);
}

onnx::NodeProto& OnnxBuilder::node(const std::string& op, const std::vector<std::string>& inputs,
                                   const std::string& output) {
  onnx::NodeProto& added = *model_.mutable_graph()->add_node();
  added.set_op_type(op);
  added.set_name(output);
  for (const std::string& input : inputs) added.add_input(input);
  added.add_output(output);
  return added;
}

void OnnxBuilder::metadata(const std::map<std::string, std::string>& entries) {
  for (const auto& [key, value] : entries) {
    onnx::StringStringEntryProto& entry = *model_.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  }
}

void set_ints(onnx::NodeProto& node, const std::string& name,
              const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& added = attribute(node, name, onnx::AttributeProto::INTS);
  for (const std::int64_t v : values) added.add_ints(v);
}

void set_int(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void set_float(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  attribute(node, name, onnx::AttributeProto::STRING).set_s(value);
}

}  // namespace faceshot::testing
