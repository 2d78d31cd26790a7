#include "engine/graph/describe.hpp"

namespace faceshot::engine {
namespace {

std::string name_of(Function function) {
  switch (function) {
    case Function::none:
      return "Identity";
    case Function::relu:
      return "Relu";
    case Function::leaky_relu:
      return "LeakyRelu";
    case Function::clip:
      return "Clip";
    case Function::sigmoid:
      return "Sigmoid";
    case Function::hard_sigmoid:
      return "HardSigmoid";
    case Function::hard_swish:
      return "HardSwish";
    case Function::tanh:
      return "Tanh";
    case Function::elu:
      return "Elu";
    case Function::softplus:
      return "Softplus";
    case Function::exp:
      return "Exp";
    case Function::log:
      return "Log";
    case Function::sqrt:
      return "Sqrt";
    case Function::abs:
      return "Abs";
    case Function::negate:
      return "Neg";
    case Function::reciprocal:
      return "Reciprocal";
    case Function::floor:
      return "Floor";
    case Function::ceil:
      return "Ceil";
  }
  return {};
}

std::string name_of(Binary operation) {
  switch (operation) {
    case Binary::add:
      return "Add";
    case Binary::subtract:
      return "Sub";
    case Binary::multiply:
      return "Mul";
    case Binary::divide:
      return "Div";
    case Binary::power:
      return "Pow";
    case Binary::prelu:
      return "PRelu";
    case Binary::maximum:
      return "Max";
    case Binary::minimum:
      return "Min";
  }
  return {};
}

std::string name_of(Reduction reduction) {
  switch (reduction) {
    case Reduction::mean:
      return "ReduceMean";
    case Reduction::sum:
      return "ReduceSum";
    case Reduction::max:
      return "ReduceMax";
    case Reduction::l2:
      return "ReduceL2";
  }
  return {};
}

/// "3", or "3x5" where the two differ.
std::string once_or_both(const std::array<std::int64_t, 2>& values) {
  const std::string first = std::to_string(values[0]);
  return values[0] == values[1] ? first : first + "x" + std::to_string(values[1]);
}

std::string window_text(const Window& window) {
  if (window.whole_input) return " global";
  std::string text =
      " " + std::to_string(window.kernel[0]) + "x" + std::to_string(window.kernel[1]);
  const std::array<std::int64_t, 2> ones{1, 1};
  if (window.stride != ones) text += "/" + once_or_both(window.stride);
  if (window.dilation != ones) text += " dilation " + once_or_both(window.dilation);
  return text;
}

}  // namespace

std::string operator_name(const Node& node) {
  switch (node.op) {
    case Op::conv:
      return "Conv";
    case Op::conv_transpose:
      return "ConvTranspose";
    case Op::separable_conv:
      return "Conv + Conv";
    case Op::channels:
      return "Channels";
    case Op::upsample_add:
      return "Resize x2 + Add";
    case Op::row_chain:
      return "Chain";
    case Op::matmul:
      return "MatMul";
    case Op::batch_norm:
      return "BatchNormalization";
    case Op::unary:
      return name_of(node.unary.function);
    case Op::binary:
      return name_of(node.binary);
    case Op::softmax:
      return "Softmax";
    case Op::lp_normalization:
      return "LpNormalization";
    case Op::reduce:
      return name_of(node.reduction);
    case Op::max_pool:
      return "MaxPool";
    case Op::average_pool:
      return "AveragePool";
    case Op::resize:
      return "Resize";
    case Op::concat:
      return "Concat";
    case Op::slice:
      return "Slice";
    case Op::slice_part:
      return "Split";
    case Op::gather:
      return "Gather";
    case Op::transpose:
      return "Transpose";
    case Op::reshape:
      return "Reshape";
    case Op::flatten:
      return "Flatten";
    case Op::squeeze:
      return "Squeeze";
    case Op::unsqueeze:
      return "Unsqueeze";
    case Op::shape:
      return "Shape";
    case Op::cast:
      return "Cast";
    case Op::identity:
      return "Identity";
  }
  return {};
}

std::string describe_operator(const Node& node) {
  if (node.op == Op::separable_conv)
    return describe_operator(node.stages[0]) + " + " + describe_operator(node.stages[1]);
  if (node.op == Op::row_chain) {
    std::string list;
    for (const Node& stage : node.stages)
      list += (list.empty() ? "" : ", ") + describe_operator(stage);
    return list;
  }
  std::string text = operator_name(node);
  if (node.op == Op::max_pool || node.op == Op::average_pool)
    return text + window_text(node.window);
  if (node.op == Op::resize) return text + (node.resize.linear ? " linear" : " nearest");
  if (node.op != Op::conv && node.op != Op::conv_transpose) return text;
  text += window_text(node.window);
  // One channel per group on both sides; otherwise several groups of more.
  const bool depthwise = node.weight != nullptr && node.group > 1 && node.weight->shape[1] == 1 &&
                         (node.op == Op::conv ? node.weight->shape[0] : node.group) == node.group;
  if (depthwise)
    text += " depthwise";
  else if (node.group > 1)
    text += " groups " + std::to_string(node.group);
  if (node.adds_input) text += " + Add";
  if (node.unary.function != Function::none) text += " + " + name_of(node.unary.function);
  return text;
}

double flop_of(const Node& node, const std::vector<Shape>& shapes) {
  const auto count = [&](int tensor) {
    return static_cast<double>(element_count(shapes[static_cast<std::size_t>(tensor)]));
  };
  if (node.op == Op::separable_conv)
    return flop_of(node.stages[0], shapes) + flop_of(node.stages[1], shapes);
  if (node.op == Op::row_chain) {
    double sum = 0;
    for (const Node& stage : node.stages) sum += flop_of(stage, shapes);
    return sum;
  }
  if (node.op == Op::conv || node.op == Op::conv_transpose) {
    const Shape& weight = node.weight->shape;
    return 2 * count(node.op == Op::conv ? node.output : node.inputs.front()) *
           static_cast<double>(weight[1] * weight[2] * weight[3]);
  }
  if (node.op == Op::matmul) {
    const Shape& first = shapes[static_cast<std::size_t>(node.inputs.front())];
    return 2 * count(node.output) * static_cast<double>(first[node.transposes_a ? 0 : 1]);
  }
  return 0;
}

}  // namespace faceshot::engine
