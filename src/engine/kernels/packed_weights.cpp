#include "engine/kernels/packed_weights.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace faceshot::engine {
namespace {

std::int64_t rounded_up(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step * step;
}

AlignedFloats zeros(std::int64_t count) {
  return allocate_floats(static_cast<std::size_t>(count) * sizeof(float));
}

/// [outputs / lanes][inputs / 2][lanes][2]
AlignedFloats pack_bf16_panels(const std::vector<float>& weights, std::int64_t outputs,
                               std::int64_t inputs, const RowKernels& kernels) {
  std::vector<std::uint16_t> narrow(weights.size());
  kernels.to_bf16(weights.data(), narrow.data(), outputs * inputs);
  AlignedFloats packed = zeros(rounded_up(outputs, kernels.lanes) * inputs / 2);
  auto* const to = reinterpret_cast<std::uint16_t*>(packed.get());
  const std::int64_t lanes = kernels.lanes;
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t i = 0; i < inputs; ++i)
      to[(o / lanes * (inputs / 2) + i / 2) * lanes * 2 + o % lanes * 2 + i % 2] =
          narrow[static_cast<std::size_t>(o * inputs + i)];
  return packed;
}

}  // namespace

std::optional<RowActivation> row_activation(const Unary& unary) {
  constexpr float unbounded = std::numeric_limits<float>::infinity();
  switch (unary.function) {
    case Function::none:
      return RowActivation{1, unbounded};
    case Function::relu:
      return RowActivation{0, unbounded};
    case Function::leaky_relu:
      if (unary.alpha < 0 || unary.alpha > 1) return std::nullopt;
      return RowActivation{unary.alpha, unbounded};
    case Function::clip:
      if (unary.alpha != 0 || !(unary.beta >= 0)) return std::nullopt;
      return RowActivation{0, unary.beta};
    default:
      return std::nullopt;
  }
}

bool is_pointwise(const Node& node) {
  const std::array<std::int64_t, 2> ones{1, 1};
  const std::array<std::int64_t, 4> nothing{0, 0, 0, 0};
  return node.op == Op::conv && node.group == 1 && node.window.kernel == ones &&
         node.window.stride == ones && node.window.padding == nothing && row_activation(node.unary);
}

bool is_depthwise(const Node& node) {
  const std::array<std::int64_t, 2> ones{1, 1}, twos{2, 2}, threes{3, 3};
  return node.op == Op::conv && node.window.kernel == threes && node.window.dilation == ones &&
         (node.window.stride == ones || node.window.stride == twos) &&
         *std::min_element(node.window.padding.begin(), node.window.padding.end()) >= 0 &&
         node.weight->shape[0] == node.group && node.weight->shape[1] == 1 && node.group % 4 == 0 &&
         !node.adds_input && row_activation(node.unary);
}

AlignedFloats pack_panels(const std::vector<float>& weights, std::int64_t outputs,
                          std::int64_t inputs, std::int64_t lanes) {
  AlignedFloats packed = zeros(rounded_up(outputs, lanes) * inputs);
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t i = 0; i < inputs; ++i)
      packed.get()[(o / lanes * inputs + i) * lanes + o % lanes] =
          weights[static_cast<std::size_t>(o * inputs + i)];
  return packed;
}

AlignedFloats pack_bias(const ConstantPtr& bias, std::int64_t outputs, std::int64_t lanes) {
  AlignedFloats packed = zeros(rounded_up(outputs, lanes));
  if (bias != nullptr) std::copy(bias->floats.begin(), bias->floats.end(), packed.get());
  return packed;
}

PackedPointwise::PackedPointwise(const Node& node, const RowKernels& kernels, bool bfloat16)
    : inputs(node.weight->shape[1]),
      outputs(node.weight->shape[0]),
      bf16(bfloat16 && kernels.pointwise_bf16 != nullptr && inputs % 8 == 0),
      weights(bf16 ? pack_bf16_panels(node.weight->floats, outputs, inputs, kernels)
                   : pack_panels(node.weight->floats, outputs, inputs, kernels.lanes)),
      weight_bytes(static_cast<std::size_t>(rounded_up(outputs, kernels.lanes) * inputs) *
                   (bf16 ? 2 : 4)),
      bias(pack_bias(node.bias, outputs, kernels.lanes)),
      activation(*row_activation(node.unary)) {}

PointwiseRun PackedPointwise::run() const {
  PointwiseRun run;
  run.in_stride = inputs;
  run.weights = weights.get();
  run.bias = bias.get();
  run.out_stride = outputs;
  run.inputs = inputs;
  run.outputs = outputs;
  run.activation = activation;
  return run;
}

PackedDepthwise::PackedDepthwise(const Node& node)
    : channels(node.group),
      weights(zeros(9 * channels)),
      bias(pack_bias(node.bias, channels, 1)),
      activation(*row_activation(node.unary)) {
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t k = 0; k < 9; ++k)
      weights.get()[k * channels + c] = node.weight->floats[static_cast<std::size_t>(c * 9 + k)];
}

DepthwiseRun PackedDepthwise::run() const {
  DepthwiseRun run;
  run.channels = channels;
  run.weights = weights.get();
  run.bias = bias.get();
  run.activation = activation;
  return run;
}

}  // namespace faceshot::engine
