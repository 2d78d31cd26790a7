// Operators that move, join, split and rename tensors, and those that compute shapes.
#include <algorithm>

#include "engine/onnx/onnx_constant.hpp"
#include "engine/onnx/onnx_operators.hpp"

namespace faceshot::engine {

void read_identity(const OnnxNode& in) {
  if (in.has_output(1)) in.unsupported("a mask as second output");
  if (in.has_input(2) && in.type() == "Dropout") {
    // For training there would be a boolean input here; inference files omit it.
    in.unsupported("training_mode as input");
  }
  in.emit(in.start(Op::identity));
}

void read_constant_node(const OnnxNode& in) {
  Constant constant;
  if (const auto* const tensor = in.tensor_attribute("value")) {
    constant = read_constant(*tensor, {in.file(), std::nullopt});
  } else if (in.has("value_float")) {
    constant.floats = {in.real("value_float", 0)};
  } else if (in.has("value_floats")) {
    constant.floats = in.reals("value_floats");
    constant.shape = {static_cast<std::int64_t>(constant.floats.size())};
  } else if (in.has("value_int")) {
    constant.is_integer = true;
    constant.integers = {in.integer("value_int", 0)};
  } else if (in.has("value_ints")) {
    constant.is_integer = true;
    constant.integers = in.integers("value_ints");
    constant.shape = {static_cast<std::int64_t>(constant.integers.size())};
  } else {
    in.unsupported("only numeric values are supported");
  }
  in.emit_constant(std::move(constant));
}

void read_shape(const OnnxNode& in) {
  Node node = in.start(Op::shape);
  node.start = in.integer("start", 0);
  node.end = in.integer("end", INT64_MAX);
  in.emit(std::move(node));
}

void read_cast(const OnnxNode& in) {
  Node node = in.start(Op::cast);
  switch (in.integer("to", 0)) {
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::DOUBLE:
    case onnx::TensorProto::FLOAT16:  // computed in 32 bits
    case onnx::TensorProto::BFLOAT16:
      break;
    case onnx::TensorProto::INT32:
    case onnx::TensorProto::INT64:
      node.to_integers = true;
      break;
    default:
      in.unsupported("only casts to floats, int32 and int64 are supported");
  }
  // 16-bit weights may have any size.
  if (!node.to_integers && in.known(0) && !in.constant(0)->is_integer)
    return in.emit_constant(*in.constant(0));
  in.emit(std::move(node));
}

void read_gather(const OnnxNode& in) {
  Node node = in.start(Op::gather);
  node.inputs.push_back(in.input(1));
  node.axis = in.integer("axis", 0);
  in.emit(std::move(node));
}

void read_concat(const OnnxNode& in) {
  Node node = in.start(Op::concat);
  for (int i = 1; i < in.input_count(); ++i) node.inputs.push_back(in.input(i));
  node.axis = in.integer("axis", 1);
  in.emit(std::move(node));
}

void read_split(const OnnxNode& in) {
  const std::int64_t axis = in.integer("axis", 0);
  std::vector<std::int64_t> sizes = in.integers("split");
  if (in.has_input(1)) sizes = in.constant(1)->integers;
  const int parts = in.output_count();
  if (!sizes.empty() && sizes.size() != static_cast<std::size_t>(parts))
    in.damaged("has different numbers of sizes and outputs");
  std::int64_t first = 0;
  for (int i = 0; i < parts; ++i) {
    const std::int64_t size = sizes.empty() ? 0 : sizes[static_cast<std::size_t>(i)];
    if (size < 0 || size > (std::int64_t{1} << 31)) in.damaged("has an impossible size");
    if (in.has_output(i)) {
      Node node = in.start(sizes.empty() ? Op::slice_part : Op::slice);
      if (sizes.empty()) {
        node.axis = axis;
        node.part = i;
        node.parts = parts;
      } else {
        node.inputs.insert(node.inputs.end(),
                           {in.integers_as_tensor({first}), in.integers_as_tensor({first + size}),
                            in.integers_as_tensor({axis})});
      }
      in.emit(std::move(node), i);
    }
    first += size;
  }
}

void read_slice(const OnnxNode& in) {
  Node node = in.start(Op::slice);
  if (in.opset() < 10) {
    node.inputs.push_back(in.integers_as_tensor(in.integers("starts")));
    node.inputs.push_back(in.integers_as_tensor(in.integers("ends")));
    if (in.has("axes")) node.inputs.push_back(in.integers_as_tensor(in.integers("axes")));
  } else {
    node.inputs.insert(node.inputs.end(),
                       {in.input(1), in.input(2), in.optional_input(3), in.optional_input(4)});
  }
  in.emit(std::move(node));
}

void read_transpose(const OnnxNode& in) {
  Node node = in.start(Op::transpose);
  node.permutation = in.integers("perm");
  Shape sorted = node.permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != static_cast<std::int64_t>(i))
      in.damaged("has a perm that is not a permutation");
  in.emit(std::move(node));
}

void read_reshape(const OnnxNode& in) {
  Node node = in.start(Op::reshape);
  if (in.integer("allowzero", 0) != 0) in.unsupported("allowzero");
  node.inputs.push_back(in.opset() < 5 ? in.integers_as_tensor(in.integers("shape")) : in.input(1));
  in.emit(std::move(node));
}

void read_flatten(const OnnxNode& in) {
  Node node = in.start(Op::flatten);
  node.axis = in.integer("axis", 1);
  in.emit(std::move(node));
}

void read_squeeze(const OnnxNode& in) {
  const bool adds = in.type() == "Unsqueeze";
  Node node = in.start(adds ? Op::unsqueeze : Op::squeeze);
  if (in.opset() < 13) {
    if (in.has("axes")) node.inputs.push_back(in.integers_as_tensor(in.integers("axes")));
  } else if (in.has_input(1)) {
    node.inputs.push_back(in.input(1));
  }
  if (adds && node.inputs.size() < 2) in.damaged("lacks axes");
  in.emit(std::move(node));
}

}  // namespace faceshot::engine
