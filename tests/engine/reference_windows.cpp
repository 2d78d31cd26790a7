#include "engine/reference_windows.hpp"

#include <algorithm>
#include <limits>

#include "engine/window.hpp"

namespace faceshot::testing {
namespace {

using engine::Node;
using engine::Op;
using engine::Shape;

/// Visits what lies under a window at an output position: (y, x) in the kernel, (y, x) in the
/// input, which may be outside it.
template <typename Visit>
void under_window(const Node& node, const Shape& in, const Shape& out_index, const Visit& visit) {
  const auto fit = engine::fit_window(node.window, in);
  for (std::int64_t ky = 0; ky < fit.kernel[0]; ++ky)
    for (std::int64_t kx = 0; kx < fit.kernel[1]; ++kx)
      visit(ky, kx,
            out_index[2] * node.window.stride[0] - fit.padding[0] + ky * node.window.dilation[0],
            out_index[3] * node.window.stride[1] - fit.padding[1] + kx * node.window.dilation[1]);
}

bool inside(const Shape& in, std::int64_t y, std::int64_t x) {
  return y >= 0 && x >= 0 && y < in[2] && x < in[3];
}

double bias_of(const Node& node, std::int64_t channel) {
  return node.bias == nullptr
             ? 0.0
             : static_cast<double>(node.bias->floats[static_cast<std::size_t>(channel)]);
}

}  // namespace

Values convolution(const Node& node, const Values& x, const Shape& in, const Shape& out) {
  Values y;
  const Shape& weight = node.weight->shape;
  const std::int64_t per_group = weight[1];
  for_each_index(out, [&](const Shape& o) {
    double sum = bias_of(node, o[1]);
    const std::int64_t first = o[1] / (weight[0] / node.group) * per_group;
    under_window(node, in, o,
                 [&](std::int64_t ky, std::int64_t kx, std::int64_t iy, std::int64_t ix) {
                   if (!inside(in, iy, ix)) return;
                   for (std::int64_t c = 0; c < per_group; ++c)
                     sum += x[at(in, {o[0], first + c, iy, ix})] *
                            static_cast<double>(node.weight->floats[at(weight, {o[1], c, ky, kx})]);
                 });
    y.push_back(sum);
  });
  return y;
}

Values transposed_convolution(const Node& node, const Values& x, const Shape& in,
                              const Shape& out) {
  // Every input pixel is spread over the output, the way ONNX describes the operator.
  Values y;
  for_each_index(out, [&](const Shape& o) { y.push_back(bias_of(node, o[1])); });
  const auto fit = engine::fit_transposed_window(node.window, in);
  const Shape& weight = node.weight->shape;
  const std::int64_t inputs = weight[0] / node.group;
  for_each_index(in, [&](const Shape& i) {
    const std::int64_t group = i[1] / inputs;
    for_each_index({weight[1], weight[2], weight[3]}, [&](const Shape& w) {
      const std::int64_t oy =
          i[2] * node.window.stride[0] + w[1] * node.window.dilation[0] - fit.padding[0];
      const std::int64_t ox =
          i[3] * node.window.stride[1] + w[2] * node.window.dilation[1] - fit.padding[1];
      if (!inside(out, oy, ox)) return;
      y[at(out, {i[0], group * weight[1] + w[0], oy, ox})] +=
          x[at(in, i)] *
          static_cast<double>(node.weight->floats[at(weight, {i[1], w[0], w[1], w[2]})]);
    });
  });
  return y;
}

Values pooling(const Node& node, const Values& x, const Shape& in, const Shape& out) {
  Values y;
  for_each_index(out, [&](const Shape& o) {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    int counted = 0;
    under_window(node, in, o, [&](std::int64_t, std::int64_t, std::int64_t iy, std::int64_t ix) {
      const bool real = inside(in, iy, ix);
      if (real || node.counts_padding) ++counted;
      if (!real) return;
      const double value = x[at(in, {o[0], o[1], iy, ix})];
      largest = std::max(largest, value);
      sum += value;
    });
    y.push_back(node.op == Op::max_pool ? largest : sum / counted);
  });
  return y;
}

}  // namespace faceshot::testing
