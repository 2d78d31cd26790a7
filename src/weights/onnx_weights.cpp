#include "weights/onnx_weights.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "faceshot/error.hpp"
#include "weights/element_type.hpp"
#include "weights/input_file.hpp"
#include "weights/onnx_model.hpp"

namespace faceshot::weights {
namespace {

std::optional<ElementType> element_type(int onnx_type) {
  static const std::map<int, ElementType> types{
      {onnx::TensorProto::FLOAT16, ElementType::float16},
      {onnx::TensorProto::BFLOAT16, ElementType::bfloat16},
      {onnx::TensorProto::FLOAT, ElementType::float32},
      {onnx::TensorProto::DOUBLE, ElementType::float64},
      {onnx::TensorProto::INT8, ElementType::int8},
      {onnx::TensorProto::UINT8, ElementType::uint8},
      {onnx::TensorProto::INT16, ElementType::int16},
      {onnx::TensorProto::INT32, ElementType::int32},
      {onnx::TensorProto::INT64, ElementType::int64},
      {onnx::TensorProto::BOOL, ElementType::boolean}};
  const auto found = types.find(onnx_type);
  if (found == types.end()) return std::nullopt;
  return found->second;
}

/// Bytes of elements, each truncated to its type's size: small types share lists of 32-bit numbers.
template <typename List>
std::string little_endian_bytes(const List& list, std::size_t element_bytes) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(list.size()) * element_bytes);
  for (const auto& value : list)
    bytes.append(reinterpret_cast<const char*>(&value), std::min(element_bytes, sizeof value));
  return bytes;
}

/// Elements in the form of raw_data.
std::string element_bytes(const onnx::TensorProto& proto, ElementType type) {
  if (proto.has_raw_data()) return proto.raw_data();
  const std::size_t size = element_size(type);
  if (type == ElementType::float32) return little_endian_bytes(proto.float_data(), size);
  if (type == ElementType::float64) return little_endian_bytes(proto.double_data(), size);
  if (type == ElementType::int64) return little_endian_bytes(proto.int64_data(), size);
  return little_endian_bytes(proto.int32_data(), size);
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, MemoryBudget& budget) : path_(path), budget_(budget) {}

  std::vector<NamedArray> read(const onnx::GraphProto& graph) {
    for (const auto& initializer : graph.initializer()) add(initializer, initializer.name());
    for (const auto& node : graph.node())
      if (node.op_type() == "Constant" && node.output_size() == 1)
        for (const auto& attribute : node.attribute()) add_constant(attribute, node.output(0));
    return std::move(arrays_);
  }

 private:
  void add(const onnx::TensorProto& proto, const std::string& name) {
    if (proto.data_location() == onnx::TensorProto::EXTERNAL)
      throw Error(ErrorCode::unsupported,
                  "'" + path_.string() + "': the elements of '" + name +
                      "' are in another file; save the model as a single file");
    const auto type = element_type(proto.data_type());
    if (!type)
      throw Error(ErrorCode::unsupported, "'" + path_.string() + "': initialiser '" + name +
                                              "' has an unsupported element type");
    const std::vector<std::int64_t> shape(proto.dims().begin(), proto.dims().end());
    const std::string bytes = element_bytes(proto, *type);
    if (budget_.take(shape, name) * element_size(*type) != bytes.size())
      damaged_file(path_, "array '" + name + "' has a shape that does not fit its elements");
    arrays_.push_back({name, element_name(*type), shape, to_floats(bytes, *type)});
  }

  void add_constant(const onnx::AttributeProto& attribute, const std::string& name) {
    if (attribute.name() == "value" && attribute.has_t()) {
      if (attribute.t().data_type() != onnx::TensorProto::STRING) add(attribute.t(), name);
    } else if (attribute.name() == "value_float") {
      arrays_.push_back({name, "float32", {}, {attribute.f()}});
    } else if (attribute.name() == "value_int") {
      arrays_.push_back({name, "int64", {}, {static_cast<float>(attribute.i())}});
    } else if (attribute.name() == "value_floats") {
      const auto& list = attribute.floats();
      arrays_.push_back({name, "float32", {list.size()}, {list.begin(), list.end()}});
    } else if (attribute.name() == "value_ints") {
      arrays_.push_back({name, "int64", {attribute.ints_size()}, {}});
      for (const std::int64_t value : attribute.ints())
        arrays_.back().values.push_back(static_cast<float>(value));
    }
  }

  const std::filesystem::path& path_;
  MemoryBudget& budget_;
  std::vector<NamedArray> arrays_;
};

}  // namespace

OnnxFile read_onnx_weights(const std::filesystem::path& path) {
  InputFile file(path);
  const onnx::ModelProto model = read_onnx_model(file, path);
  OnnxFile result;
  for (const auto& entry : model.metadata_props()) result.metadata[entry.key()] = entry.value();
  MemoryBudget budget(path, file.size());
  result.arrays = Reader(path, budget).read(model.graph());
  return result;
}

}  // namespace faceshot::weights
