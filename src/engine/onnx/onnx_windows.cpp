// Convolution and pooling.
#include <algorithm>

#include "engine/onnx/onnx_operators.hpp"

namespace faceshot::engine {
namespace {

void read_window(const OnnxNode& in, Window& window) {
  in.window("kernel_shape", window.kernel, 1);
  in.window("strides", window.stride, 1);
  in.window("dilations", window.dilation, 1);
  in.window("pads", window.padding, 0);
  const std::string automatic = in.text("auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER")
    window.automatic = AutoPadding::same_upper;
  else if (automatic == "SAME_LOWER")
    window.automatic = AutoPadding::same_lower;
  else if (automatic == "VALID")
    window.padding = {0, 0, 0, 0};
  else if (automatic != "NOTSET")
    in.unsupported("auto_pad '" + automatic + "'");
}

/// Weights, bias, groups and window.
Node read_weights(const OnnxNode& in, Op op) {
  Node node = in.start(op);
  node.weight = in.constant(1);
  const Shape& shape = node.weight->shape;
  if (shape.size() != 4) in.unsupported("only two-dimensional convolution is supported");
  node.window.kernel = {shape[2], shape[3]};
  read_window(in, node.window);
  node.group = in.integer("group", 1);
  if (in.floats(1).empty() || node.window.kernel[0] != shape[2] ||
      node.window.kernel[1] != shape[3] || node.group < 1 || shape[0] % node.group != 0)
    in.damaged("has weights that do not match its attributes");
  if (in.has_input(2)) {
    node.bias = in.constant(2);
    const std::int64_t channels = op == Op::conv ? shape[0] : shape[1] * node.group;
    if (static_cast<std::int64_t>(in.floats(2).size()) != channels)
      in.damaged("has a bias of the wrong size");
  }
  return node;
}

}  // namespace

void read_conv(const OnnxNode& in) { in.emit(read_weights(in, Op::conv)); }

void read_conv_transpose(const OnnxNode& in) {
  Node node = read_weights(in, Op::conv_transpose);
  in.window("output_padding", node.window.output_padding, 0);
  in.window("output_shape", node.window.output_size, 1);
  for (std::size_t d = 0; d < 2; ++d)
    if (node.window.output_padding[d] >= std::max(node.window.stride[d], node.window.dilation[d]))
      in.damaged("has an output_padding that is neither below its stride nor its dilation");
  in.emit(std::move(node));
}

void read_pool(const OnnxNode& in) {
  const bool global = in.type().starts_with("Global");
  const bool average = in.type().ends_with("AveragePool");
  Node node = in.start(average ? Op::average_pool : Op::max_pool);
  node.window.whole_input = global;
  if (!global) {
    if (!in.has("kernel_shape")) in.damaged("lacks kernel_shape");
    read_window(in, node.window);
    node.window.rounds_up = in.integer("ceil_mode", 0) != 0;
    node.counts_padding = in.integer("count_include_pad", 0) != 0;
    if (node.window.dilation != std::array<std::int64_t, 2>{1, 1})
      in.unsupported("dilated pooling");
  }
  if (in.has_output(1)) in.unsupported("indices as second output");
  in.emit(std::move(node));
}

}  // namespace faceshot::engine
