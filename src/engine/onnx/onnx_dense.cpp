// Matrix products, normalisations, reductions and resizing.
#include "engine/onnx/onnx_operators.hpp"

namespace faceshot::engine {
namespace {

/// A tensor times a number, unless that is 1.
int scaled(const OnnxNode& in, int tensor, float factor) {
  if (factor == 1) return tensor;
  Node node = in.start(Op::binary);
  node.binary = Binary::multiply;
  node.inputs = {tensor, in.floats_as_tensor({factor})};
  return in.emit_inner(std::move(node));
}

}  // namespace

void read_gemm(const OnnxNode& in) {
  Node product = in.start(Op::matmul);
  if (in.type() == "MatMul") {
    product.inputs.push_back(in.input(1));
    return in.emit(std::move(product));
  }
  product.transposes_a = in.integer("transA", 0) != 0;
  product.transposes_b = in.integer("transB", 0) != 0;
  // alpha * A B + beta * C; the factors are applied to constants where possible.
  product.inputs.push_back(scaled(in, in.input(1), in.real("alpha", 1)));
  if (!in.has_input(2)) return in.emit(std::move(product));
  const int addend = scaled(in, in.input(2), in.real("beta", 1));
  Node sum = in.start(Op::binary);
  sum.binary = Binary::add;
  sum.inputs = {in.emit_inner(std::move(product)), addend};
  in.emit(std::move(sum));
}

void read_softmax(const OnnxNode& in) {
  Node node = in.start(Op::softmax);
  node.flattens = in.opset() < 13;
  node.axis = in.integer("axis", node.flattens ? 1 : -1);
  in.emit(std::move(node));
}

void read_lp_normalization(const OnnxNode& in) {
  Node node = in.start(Op::lp_normalization);
  node.axis = in.integer("axis", -1);
  node.norm = in.integer("p", 2);
  if (node.norm != 1 && node.norm != 2) in.damaged("has a p that is neither 1 nor 2");
  in.emit(std::move(node));
}

void read_reduce(const OnnxNode& in) {
  Node node = in.start(Op::reduce);
  node.reduction = in.type() == "ReduceMean"  ? Reduction::mean
                   : in.type() == "ReduceSum" ? Reduction::sum
                   : in.type() == "ReduceMax" ? Reduction::max
                                              : Reduction::l2;
  node.keeps_dimensions = in.integer("keepdims", 1) != 0;
  node.without_axes_is_identity = in.integer("noop_with_empty_axes", 0) != 0;
  if (in.has("axes"))
    node.inputs.push_back(in.integers_as_tensor(in.integers("axes")));
  else if (in.has_input(1))
    node.inputs.push_back(in.input(1));
  in.emit(std::move(node));
}

void read_resize(const OnnxNode& in) {
  Node node = in.start(Op::resize);
  const std::string mode = in.text("mode", "nearest");
  if (mode != "nearest" && mode != "linear" && mode != "bilinear")
    in.unsupported("only the modes nearest and linear are supported, not " + mode);
  node.resize.linear = mode != "nearest";
  // Before opset 11: scales only, coordinates "asymmetric", rounded down.
  if (in.type() == "Upsample" || in.opset() < 11) {
    node.inputs.push_back(in.has("scales") ? in.floats_as_tensor(in.reals("scales")) : in.input(1));
    return in.emit(std::move(node));
  }
  node.inputs.insert(node.inputs.end(), {in.optional_input(2), in.optional_input(3)});
  const std::string coordinates = in.text("coordinate_transformation_mode", "half_pixel");
  if (coordinates == "half_pixel")
    node.resize.coordinates = Coordinates::half_pixel;
  else if (coordinates == "pytorch_half_pixel")
    node.resize.coordinates = Coordinates::pytorch_half_pixel;
  else if (coordinates == "align_corners")
    node.resize.coordinates = Coordinates::align_corners;
  else if (coordinates != "asymmetric")
    in.unsupported("coordinate_transformation_mode '" + coordinates + "'");
  const std::string rounding = in.text("nearest_mode", "round_prefer_floor");
  if (rounding == "round_prefer_floor")
    node.resize.rounding = Rounding::prefer_floor;
  else if (rounding == "round_prefer_ceil")
    node.resize.rounding = Rounding::prefer_ceil;
  else if (rounding == "ceil")
    node.resize.rounding = Rounding::ceil;
  else if (rounding != "floor")
    in.unsupported("nearest_mode '" + rounding + "'");
  if (in.integer("antialias", 0) != 0) in.unsupported("antialias");
  in.emit(std::move(node));
}

}  // namespace faceshot::engine
