#include "engine/reference_windows.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace faceshot::testing {
namespace {

using engine::Node;
using engine::Op;
using engine::Shape;

/// A window along one of the two axes of an input.
struct Fit {
  std::int64_t kernel = 1, stride = 1, dilation = 1;
  std::int64_t before = 0;  ///< padding in front
  std::int64_t out = 0;     ///< windows

  /// Position in the input of an element of a window.
  [[nodiscard]] std::int64_t place(std::int64_t window, std::int64_t element) const {
    return window * stride - before + element * dilation;
  }
};
using Fits = std::array<Fit, 2>;

Fit fit_of(const Node& node, const Shape& in, std::size_t d) {
  Fit fit;
  fit.kernel = node.window.whole_input ? in[2 + d] : node.window.kernel[d];
  fit.stride = node.window.stride[d];
  fit.dilation = node.window.dilation[d];
  return fit;
}

/// Conv, MaxPool and AveragePool, by ONNX's formulas for their output_spatial_shape.
Fits fit_windows(const Node& node, const Shape& in) {
  Fits fits;
  for (std::size_t d = 0; d < 2; ++d) {
    Fit& fit = fits[d] = fit_of(node, in, d);
    const std::int64_t n = in[2 + d], reach = (fit.kernel - 1) * fit.dilation + 1;
    if (node.window.automatic != engine::AutoPadding::none) {
      // SAME: as many windows as strides; what they extend beyond the input is padding.
      while (fit.out * fit.stride < n) ++fit.out;
      const std::int64_t missing =
          std::max<std::int64_t>((fit.out - 1) * fit.stride + reach - n, 0);
      const bool upper = node.window.automatic == engine::AutoPadding::same_upper;
      fit.before = upper ? missing / 2 : (missing + 1) / 2;
      continue;
    }
    fit.before = node.window.padding[d];
    const std::int64_t padded = n + fit.before + node.window.padding[2 + d];
    while (fit.out * fit.stride + reach <= padded) ++fit.out;
    // ceil_mode: one more, partial window, unless it would lie entirely in the padding at the end.
    const bool rest = (fit.out - 1) * fit.stride + reach < padded;
    if (node.window.rounds_up && rest && fit.out * fit.stride < n + fit.before) ++fit.out;
  }
  return fits;
}

/// ConvTranspose, by ONNX's formulas for its output_shape and pads.
Fits fit_transposed_windows(const Node& node, const Shape& in) {
  Fits fits;
  for (std::size_t d = 0; d < 2; ++d) {
    Fit& fit = fits[d] = fit_of(node, in, d);
    const std::int64_t n = in[2 + d], reach = (fit.kernel - 1) * fit.dilation + 1;
    const std::int64_t all = fit.stride * (n - 1) + node.window.output_padding[d] + reach;
    const bool same = node.window.automatic != engine::AutoPadding::none;
    if (node.window.output_size[d] == 0 && !same) {
      fit.before = node.window.padding[d];
      fit.out = all - fit.before - node.window.padding[2 + d];
      continue;
    }
    fit.out = node.window.output_size[d] > 0 ? node.window.output_size[d] : n * fit.stride;
    const std::int64_t cut = std::max<std::int64_t>(all - fit.out, 0);
    const bool upper = node.window.automatic == engine::AutoPadding::same_upper;
    fit.before = upper ? cut / 2 : (cut + 1) / 2;
  }
  return fits;
}

/// Visits the inputs of a window for an output position: (y, x) in the kernel, (y, x) in the input,
/// which may be outside it.
template <typename Visit>
void under_window(const Fits& fits, const Shape& out_index, const Visit& visit) {
  for (std::int64_t ky = 0; ky < fits[0].kernel; ++ky)
    for (std::int64_t kx = 0; kx < fits[1].kernel; ++kx)
      visit(ky, kx, fits[0].place(out_index[2], ky), fits[1].place(out_index[3], kx));
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

Values convolution(const Node& node, const Values& x, const Shape& in, Shape& out) {
  Values y;
  const Shape& weight = node.weight->shape;
  const Fits fits = fit_windows(node, in);
  out = {in[0], weight[0], fits[0].out, fits[1].out};
  const std::int64_t per_group = weight[1];
  for_each_index(out, [&](const Shape& o) {
    double sum = bias_of(node, o[1]);
    const std::int64_t first = o[1] / (weight[0] / node.group) * per_group;
    under_window(fits, o, [&](std::int64_t ky, std::int64_t kx, std::int64_t iy, std::int64_t ix) {
      if (!inside(in, iy, ix)) return;
      for (std::int64_t c = 0; c < per_group; ++c)
        sum += x[at(in, {o[0], first + c, iy, ix})] *
               static_cast<double>(node.weight->floats[at(weight, {o[1], c, ky, kx})]);
    });
    y.push_back(sum);
  });
  return y;
}

Values transposed_convolution(const Node& node, const Values& x, const Shape& in, Shape& out) {
  // Every input pixel is spread over the output, as ONNX describes the operator.
  const Shape& weight = node.weight->shape;
  const Fits fits = fit_transposed_windows(node, in);
  out = {in[0], weight[1] * node.group, fits[0].out, fits[1].out};
  Values y;
  for_each_index(out, [&](const Shape& o) { y.push_back(bias_of(node, o[1])); });
  const std::int64_t inputs = weight[0] / node.group;
  for_each_index(in, [&](const Shape& i) {
    const std::int64_t group = i[1] / inputs;
    for_each_index({weight[1], weight[2], weight[3]}, [&](const Shape& w) {
      const std::int64_t oy = fits[0].place(i[2], w[1]), ox = fits[1].place(i[3], w[2]);
      if (!inside(out, oy, ox)) return;
      y[at(out, {i[0], group * weight[1] + w[0], oy, ox})] +=
          x[at(in, i)] *
          static_cast<double>(node.weight->floats[at(weight, {i[1], w[0], w[1], w[2]})]);
    });
  });
  return y;
}

Values pooling(const Node& node, const Values& x, const Shape& in, Shape& out) {
  Values y;
  const Fits fits = fit_windows(node, in);
  out = {in[0], in[1], fits[0].out, fits[1].out};
  for_each_index(out, [&](const Shape& o) {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    int counted = 0;
    under_window(fits, o, [&](std::int64_t, std::int64_t, std::int64_t iy, std::int64_t ix) {
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
