#include "engine/shape_inference.hpp"

#include <algorithm>

#include "faceshot/error.hpp"

namespace faceshot::engine {
namespace {

[[noreturn]] void fail(const Node& node, const std::string& what) {
  throw Error(ErrorCode::invalid_argument,
              "network: node '" + node.name + "' " + what + "; try another input size");
}

std::string text_of(const Shape& shape) {
  std::string text;
  for (const std::int64_t d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text;
}

std::size_t axis_of(const Node& node, const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t axis = node.axis < 0 ? node.axis + rank : node.axis;
  if (axis < 0 || axis >= rank) fail(node, "has an axis outside its input");
  return static_cast<std::size_t>(axis);
}

Shape windowed(const Node& node, const Shape& in, std::int64_t channels) {
  if (in.size() != 4) fail(node, "wants a four-dimensional input but gets " + text_of(in));
  const auto pad = effective_padding(node, in);
  Shape out{in[0], channels, 0, 0};
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t window = node.dilation[d] * (node.kernel[d] - 1) + 1;
    const std::int64_t room = in[2 + d] + pad[d] + pad[2 + d] - window;
    if (room < 0) fail(node, "has a window larger than its input of " + text_of(in));
    out[2 + d] = room / node.stride[d] + 1;
  }
  return out;
}

Shape reshaped(const Node& node, const Shape& in) {
  Shape out = node.target;
  const std::int64_t count = element_count(in);
  std::int64_t known = 1;
  int open = -1;
  for (std::size_t d = 0; d < out.size(); ++d) {
    if (out[d] == 0 && d < in.size()) out[d] = in[d];
    if (out[d] == -1 && open < 0)
      open = static_cast<int>(d);
    else if (out[d] <= 0 || out[d] > count / known)
      fail(node, "cannot reshape " + text_of(in) + " as wanted");
    else
      known *= out[d];
  }
  if (open >= 0 && count % known == 0) {
    out[static_cast<std::size_t>(open)] = count / known;
    known = count;
  }
  if (known != count) fail(node, "cannot reshape " + text_of(in) + " as wanted");
  return out;
}

Shape concatenated(const Node& node, const std::vector<Shape>& shapes) {
  Shape out = shapes[static_cast<std::size_t>(node.inputs.front())];
  const std::size_t axis = axis_of(node, out);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    Shape other = shapes[static_cast<std::size_t>(node.inputs[i])];
    if (other.size() != out.size()) fail(node, "joins tensors of different rank");
    const std::int64_t joined = out[axis] + other[axis];
    other[axis] = out[axis];
    if (other != out) fail(node, "joins tensors of different sizes");
    out[axis] = joined;
  }
  return out;
}

/// Keeps every product of dimensions far from overflow, and memory within reason.
void demand_modest(const std::string& name, const Shape& shape) {
  constexpr std::int64_t most = std::int64_t{1} << 31;
  std::int64_t count = 1;
  for (const std::int64_t d : shape) {
    if (d > most / count)
      throw Error(ErrorCode::invalid_argument, "network: '" + name + "' would have " +
                                                   text_of(shape) +
                                                   " elements; try a smaller input");
    count *= d;
  }
}

Shape output_shape(const Node& node, const std::vector<Shape>& shapes) {
  const Shape& in = shapes[static_cast<std::size_t>(node.inputs.front())];
  const auto channels_fit = [&](std::size_t channels) {
    if (in.size() < 2 || in[1] != static_cast<std::int64_t>(channels))
      fail(node, "wants " + std::to_string(channels) + " channels but gets " + text_of(in));
  };
  switch (node.op) {
    case Op::conv: {
      channels_fit(static_cast<std::size_t>(node.weight_shape[1] * node.group));
      Shape out = windowed(node, in, node.weight_shape[0]);
      if (node.adds_input && shapes[static_cast<std::size_t>(node.inputs[1])] != out)
        fail(node, "adds tensors of different sizes");
      return out;
    }
    case Op::max_pool:
      return windowed(node, in, in.size() > 1 ? in[1] : 0);
    case Op::batch_norm:
      channels_fit(node.scale.size());
      return in;
    case Op::add:
    case Op::mul:
      if (node.inputs.size() == 2 && shapes[static_cast<std::size_t>(node.inputs[1])] != in)
        fail(node, "combines " + text_of(in) + " and " +
                       text_of(shapes[static_cast<std::size_t>(node.inputs[1])]));
      if (node.constant.size() > 1) {
        if (in.size() != 4) fail(node, "has a constant a channel, but an input of " + text_of(in));
        channels_fit(node.constant.size());
      }
      return in;
    case Op::softmax:
      (void)axis_of(node, in);
      return in;
    case Op::concat:
      return concatenated(node, shapes);
    case Op::transpose: {
      if (node.permutation.size() != in.size()) fail(node, "permutes another rank");
      Shape out;
      for (const std::int64_t d : node.permutation) out.push_back(in[static_cast<std::size_t>(d)]);
      return out;
    }
    case Op::reshape:
      return reshaped(node, in);
    case Op::flatten: {
      const auto split = static_cast<std::ptrdiff_t>(axis_of(node, in));
      return {element_count({in.begin(), in.begin() + split}),
              element_count({in.begin() + split, in.end()})};
    }
    case Op::resize:
      if (in.size() != 4) fail(node, "wants a four-dimensional input");
      return {in[0], in[1], in[2] * node.factor_y, in[3] * node.factor_x};
    default:
      return in;
  }
}

}  // namespace

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t d : shape) count *= d;
  return count;
}

std::array<std::int64_t, 4> effective_padding(const Node& node, const Shape& input) {
  if (!node.same_upper && !node.same_lower) return node.padding;
  std::array<std::int64_t, 4> padding{};
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t out = (input[2 + d] + node.stride[d] - 1) / node.stride[d];
    const std::int64_t window = node.dilation[d] * (node.kernel[d] - 1) + 1;
    const std::int64_t total =
        std::max<std::int64_t>(0, (out - 1) * node.stride[d] + window - input[2 + d]);
    padding[d] = node.same_lower ? total - total / 2 : total / 2;
    padding[2 + d] = total - padding[d];
  }
  return padding;
}

std::vector<int> reader_counts(const Graph& graph) {
  std::vector<int> readers(graph.tensors.size(), 0);
  for (const Node& node : graph.nodes)
    for (const int input : node.inputs) ++readers[static_cast<std::size_t>(input)];
  for (const int output : graph.outputs) ++readers[static_cast<std::size_t>(output)];
  return readers;
}

std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input_shape) {
  const Tensor& input = graph.tensors[static_cast<std::size_t>(graph.inputs.front())];
  bool fits = input_shape.size() == input.declared.size();
  for (std::size_t d = 0; fits && d < input_shape.size(); ++d)
    fits = input_shape[d] > 0 && input_shape[d] <= 65536 &&
           (input.declared[d] < 0 || input.declared[d] == input_shape[d]);
  if (!fits)
    throw Error(ErrorCode::invalid_argument, "network: input '" + input.name + "' is declared as " +
                                                 text_of(input.declared) + " (-1: any), not " +
                                                 text_of(input_shape));
  std::vector<Shape> shapes(graph.tensors.size());
  shapes[static_cast<std::size_t>(graph.inputs.front())] = input_shape;
  demand_modest(input.name, input_shape);
  for (const Node& node : graph.nodes) {
    Shape& made = shapes[static_cast<std::size_t>(node.output)];
    made = output_shape(node, shapes);
    demand_modest(node.name, made);
  }
  return shapes;
}

}  // namespace faceshot::engine
