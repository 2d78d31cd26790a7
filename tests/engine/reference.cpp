#include "engine/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/shape_inference.hpp"

namespace faceshot::testing {
namespace {

using engine::Node;
using engine::Op;
using engine::Shape;
using Values = std::vector<double>;

/// Row-major index from coordinates.
std::size_t at(const Shape& shape, const Shape& index) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) flat = flat * shape[d] + index[d];
  return static_cast<std::size_t>(flat);
}

/// Calls visit(index) for all coordinates in row-major order.
template <typename Visit>
void for_each_index(const Shape& shape, const Visit& visit) {
  Shape index(shape.size(), 0);
  for (std::int64_t n = engine::element_count(shape); n > 0; --n) {
    visit(index);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
}

/// Visits what lies under a window at an output position: (y, x) in the kernel, index in the input.
template <typename Visit>
void under_window(const Node& node, const Shape& in, const Shape& out_index, std::int64_t channel,
                  const Visit& visit) {
  const auto pad = engine::effective_padding(node, in);
  for (std::int64_t ky = 0; ky < node.kernel[0]; ++ky) {
    for (std::int64_t kx = 0; kx < node.kernel[1]; ++kx) {
      const std::int64_t y = out_index[2] * node.stride[0] - pad[0] + ky * node.dilation[0];
      const std::int64_t x = out_index[3] * node.stride[1] - pad[1] + kx * node.dilation[1];
      if (y < 0 || x < 0 || y >= in[2] || x >= in[3]) continue;
      visit(ky, kx, at(in, {out_index[0], channel, y, x}));
    }
  }
}

Values convolution(const Node& node, const Values& x, const Shape& in, const Shape& out) {
  Values y;
  const std::int64_t per_group = node.weight_shape[1];
  for_each_index(out, [&](const Shape& o) {
    double sum =
        node.bias.empty() ? 0.0 : static_cast<double>(node.bias[static_cast<std::size_t>(o[1])]);
    const std::int64_t group = o[1] / (node.weight_shape[0] / node.group);
    for (std::int64_t c = 0; c < per_group; ++c)
      under_window(node, in, o, group * per_group + c,
                   [&](std::int64_t ky, std::int64_t kx, std::size_t from) {
                     sum += x[from] * static_cast<double>(
                                          node.weight[at(node.weight_shape, {o[1], c, ky, kx})]);
                   });
    y.push_back(sum);
  });
  return y;
}

Values max_pool(const Node& node, const Values& x, const Shape& in, const Shape& out) {
  Values y;
  for_each_index(out, [&](const Shape& o) {
    double largest = -std::numeric_limits<double>::infinity();
    under_window(node, in, o, o[1], [&](std::int64_t, std::int64_t, std::size_t from) {
      largest = std::max(largest, x[from]);
    });
    y.push_back(largest);
  });
  return y;
}

Values concat(const Node& node, const std::vector<Values>& values, const std::vector<Shape>& shapes,
              const Shape& out) {
  const auto axis = static_cast<std::size_t>(
      node.axis < 0 ? node.axis + static_cast<std::int64_t>(out.size()) : node.axis);
  Values y(static_cast<std::size_t>(engine::element_count(out)));
  std::int64_t start = 0;
  for (const int input : node.inputs) {
    const Shape& in = shapes[static_cast<std::size_t>(input)];
    std::size_t n = 0;
    for_each_index(in, [&](Shape index) {
      index[axis] += start;
      y[at(out, index)] = values[static_cast<std::size_t>(input)][n++];
    });
    start += in[axis];
  }
  return y;
}

Values softmax(const Node& node, const Values& x, const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto axis = static_cast<std::size_t>(node.axis < 0 ? node.axis + rank : node.axis);
  // Elements with the same key are normalised together.
  const auto key = [&](Shape index) {
    index[axis] = 0;
    if (node.flattens) std::fill(index.begin() + static_cast<std::ptrdiff_t>(axis), index.end(), 0);
    return at(shape, index);
  };
  Values largest(x.size(), -std::numeric_limits<double>::infinity()), sum(x.size(), 0.0), y;
  std::size_t n = 0;
  for_each_index(shape,
                 [&](const Shape& i) { largest[key(i)] = std::max(largest[key(i)], x[n++]); });
  n = 0;
  for_each_index(shape, [&](const Shape& i) { sum[key(i)] += std::exp(x[n++] - largest[key(i)]); });
  n = 0;
  for_each_index(shape, [&](const Shape& i) {
    y.push_back(std::exp(x[n++] - largest[key(i)]) / sum[key(i)]);
  });
  return y;
}

double elementwise(const Node& node, double a, double b, std::size_t channel) {
  switch (node.op) {
    case Op::relu:
      return std::max(a, 0.0);
    case Op::clip:
      return std::min(std::max(a, static_cast<double>(node.low)), static_cast<double>(node.high));
    case Op::sigmoid:
      return 1 / (1 + std::exp(-a));
    case Op::batch_norm:
      return a * static_cast<double>(node.scale[channel]) +
             static_cast<double>(node.shift[channel]);
    case Op::add:
      return a + b;
    case Op::mul:
      return a * b;
    default:
      throw std::logic_error("the reference lacks this operator");
  }
}

Values compute(const Node& node, const std::vector<Values>& values,
               const std::vector<Shape>& shapes) {
  const Values& x = values[static_cast<std::size_t>(node.inputs.front())];
  const Shape& in = shapes[static_cast<std::size_t>(node.inputs.front())];
  const Shape& out = shapes[static_cast<std::size_t>(node.output)];
  Values y;
  switch (node.op) {
    case Op::conv:
      return convolution(node, x, in, out);
    case Op::max_pool:
      return max_pool(node, x, in, out);
    case Op::concat:
      return concat(node, values, shapes, out);
    case Op::softmax:
      return softmax(node, x, in);
    case Op::transpose:
      for_each_index(out, [&](const Shape& o) {
        Shape from(o.size());
        for (std::size_t d = 0; d < o.size(); ++d)
          from[static_cast<std::size_t>(node.permutation[d])] = o[d];
        y.push_back(x[at(in, from)]);
      });
      return y;
    case Op::resize:
      for_each_index(out, [&](const Shape& o) {
        y.push_back(x[at(in, {o[0], o[1], o[2] / node.factor_y, o[3] / node.factor_x})]);
      });
      return y;
    case Op::reshape:
    case Op::flatten:
    case Op::identity:
      return x;
    default: {
      std::size_t n = 0;
      for_each_index(out, [&](const Shape& o) {
        const std::size_t channel = o.size() > 1 ? static_cast<std::size_t>(o[1]) : 0;
        double second = 0;
        if (node.inputs.size() > 1)
          second = values[static_cast<std::size_t>(node.inputs[1])][n];
        else if (!node.constant.empty())
          second = static_cast<double>(node.constant[node.constant.size() == 1 ? 0 : channel]);
        y.push_back(elementwise(node, x[n++], second, channel));
      });
      return y;
    }
  }
}

}  // namespace

std::vector<Values> run_reference(const engine::Graph& graph, const Shape& input_shape,
                                  const std::vector<float>& input) {
  const auto shapes = engine::infer_shapes(graph, input_shape);
  std::vector<Values> values(graph.tensors.size());
  values[static_cast<std::size_t>(graph.inputs.front())].assign(input.begin(), input.end());
  for (const Node& node : graph.nodes)
    values[static_cast<std::size_t>(node.output)] = compute(node, values, shapes);
  return values;
}

}  // namespace faceshot::testing
