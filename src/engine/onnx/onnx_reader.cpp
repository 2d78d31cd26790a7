#include "engine/onnx/onnx_reader.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <limits>
#include <utility>

#include "engine/graph/graph_builder.hpp"
#include "engine/onnx/onnx_constant.hpp"
#include "engine/onnx/onnx_operators.hpp"
#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

std::int64_t opset_of(const onnx::ModelProto& model) {
  for (const auto& set : model.opset_import())
    if (set.domain().empty()) return set.version();
  return 1;
}

void declare_input(const onnx::ValueInfoProto& info, GraphBuilder& builder) {
  const auto& type = info.type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT &&
      type.elem_type() != onnx::TensorProto::FLOAT16 &&
      type.elem_type() != onnx::TensorProto::BFLOAT16)
    throw Error(ErrorCode::unsupported,
                "'" + builder.file() + "': input '" + info.name() + "' does not hold floats");
  Shape declared;
  for (const auto& dim : type.shape().dim())
    declared.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
  builder.add_input(info.name(), std::move(declared));
}

Graph read(const onnx::ModelProto& model, const OnnxOrigin& origin) {
  GraphBuilder builder(origin.name);
  const onnx::GraphProto& proto = model.graph();
  for (const auto& initializer : proto.initializer())
    builder.add_constant(initializer.name(), read_constant(initializer, origin));
  // Old files list initialisers among the inputs as well.
  for (const auto& input : proto.input()) {
    const int initializer = builder.find(input.name());
    if (initializer < 0 || builder.constant(initializer) == nullptr) declare_input(input, builder);
  }
  if (builder.graph().inputs.empty()) builder.fail("the graph has no input");
  const std::int64_t opset = opset_of(model);
  for (const auto& node : proto.node()) {
    const OnnxNode in(node, opset, builder);
    const auto reader = find_operator(node.op_type());
    if (reader == nullptr || !(node.domain().empty() || node.domain() == "ai.onnx"))
      in.unsupported("the engine does not support this operator");
    reader(in);
  }
  Graph& graph = builder.graph();
  if (proto.output().empty()) builder.fail("the graph has no output");
  for (const auto& output : proto.output()) {
    const int tensor = builder.find(output.name());
    if (tensor < 0) builder.fail("no node produces the output '" + output.name() + "'");
    if (builder.quantised(tensor) != nullptr)
      throw Error(ErrorCode::unsupported,
                  "'" + builder.file() + "': output '" + output.name() + "' is quantised");
    graph.outputs.push_back(tensor);
  }
  graph.name = proto.name();
  for (const auto& entry : model.metadata_props()) graph.metadata[entry.key()] = entry.value();
  return std::move(graph);
}

}  // namespace

Graph read_onnx(std::span<const std::byte> bytes, const OnnxOrigin& origin) {
  const auto damaged = [&] {
    return Error(ErrorCode::format, "'" + origin.name + "' is damaged or not an ONNX file");
  };
  if (bytes.empty() || bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw damaged();
  // Otherwise protobuf would log to stderr what we throw.
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  if (!model.ParseFromZeroCopyStream(&stream) || !model.has_graph()) throw damaged();
  return read(model, origin);
}

}  // namespace faceshot::engine
