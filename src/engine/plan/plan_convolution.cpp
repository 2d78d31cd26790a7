// Convolution, transposed or not, on oneDNN.
#include "engine/ops/eltwise.hpp"
#include "engine/ops/window.hpp"
#include "engine/plan/dnnl_primitive.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {
namespace {

using tag = dnnl::memory::format_tag;
using type = dnnl::memory::data_type;

dnnl::primitive_attr attributes_of(const Node& node) {
  dnnl::post_ops post;
  if (node.adds_input) post.append_sum();
  for (const EltwiseStep& step : eltwise_steps(node.unary))
    post.append_eltwise(1, step.algorithm, step.alpha, step.beta);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(post);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// The node's weights as the primitive wants them.
dnnl::memory reordered(const dnnl::memory::desc& plain, const Node& node,
                       const dnnl::memory::desc& wanted, dnnl::stream& stream) {
  dnnl::memory given(plain, cpu(), const_cast<float*>(node.weight->floats.data()));
  dnnl::memory weights(wanted, cpu());
  dnnl::reorder(given, weights).execute(stream, given, weights);
  stream.wait();
  return weights;
}

dnnl::memory::desc bias_desc(const Node& node) {
  if (node.bias == nullptr) return {};
  return {{static_cast<std::int64_t>(node.bias->floats.size())}, type::f32, tag::x};
}

/// Weights and bias, as arguments of the primitive.
std::vector<std::pair<int, dnnl::memory>> constants_of(const Node& node, dnnl::memory weights) {
  std::vector<std::pair<int, dnnl::memory>> constants{{DNNL_ARG_WEIGHTS, std::move(weights)}};
  if (node.bias != nullptr)
    constants.emplace_back(
        DNNL_ARG_BIAS,
        dnnl::memory(bias_desc(node), cpu(), const_cast<float*>(node.bias->floats.data())));
  return constants;
}

}  // namespace

void PlanBuilder::add_convolution(const Node& node) {
  if (add_row_layer(node)) return;
  // Only a network's first convolution reads what is not channels-last: the caller's image.
  const Place in = in_layout(input_of(node), true);
  // Post-operation "sum": the destination holds the addend when the convolution starts.
  const Place out = node.adds_input ? define(node, true, in_layout(input_of(node, 1), true).storage)
                                    : define(node, true);
  const FittedWindow fit = fit_window(node.window, in.shape);
  const Shape& weight = node.weight->shape;
  const bool grouped = node.group > 1;
  const Shape dims =
      grouped ? Shape{node.group, weight[0] / node.group, weight[1], weight[2], weight[3]} : weight;
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, describe(in),
      dnnl::memory::desc(dims, type::f32, tag::any), bias_desc(node), describe(out),
      {node.window.stride[0], node.window.stride[1]},
      {node.window.dilation[0] - 1, node.window.dilation[1] - 1}, {fit.padding[0], fit.padding[1]},
      {fit.padding[2], fit.padding[3]});
  const dnnl::convolution_forward::primitive_desc chosen(desc, attributes_of(node), cpu());
  const dnnl::memory weights = reordered({dims, type::f32, grouped ? tag::goihw : tag::oihw}, node,
                                         chosen.weights_desc(), stream_);
  weight_bytes_ += chosen.weights_desc().get_size();
  draft_primitive(
      dnnl::convolution_forward(chosen), chosen.scratchpad_desc(),
      {{DNNL_ARG_SRC, describe(in), in.storage}, {DNNL_ARG_DST, describe(out), out.storage}},
      constants_of(node, weights));
  // The addend is read from where the result goes.
  if (node.adds_input) drafts_.back().step.bytes_read += drafts_.back().step.bytes_written;
}

void PlanBuilder::add_transposed_convolution(const Node& node) {
  const Place in = in_layout(input_of(node), true);
  const Place out = define(node, true);
  const FittedWindow fit = fit_transposed_window(node.window, in.shape);
  const Shape& weight = node.weight->shape;  // ONNX: [I, O / groups, height, width]
  const bool grouped = node.group > 1;
  const Shape dims =
      grouped ? Shape{node.group, weight[1], weight[0] / node.group, weight[2], weight[3]}
              : Shape{weight[1], weight[0], weight[2], weight[3]};
  const dnnl::deconvolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, describe(in),
      dnnl::memory::desc(dims, type::f32, tag::any), bias_desc(node), describe(out),
      {node.window.stride[0], node.window.stride[1]},
      {node.window.dilation[0] - 1, node.window.dilation[1] - 1}, {fit.padding[0], fit.padding[1]},
      {fit.padding[2], fit.padding[3]});
  const dnnl::deconvolution_forward::primitive_desc chosen(desc, attributes_of(node), cpu());
  const dnnl::memory weights = reordered({dims, type::f32, grouped ? tag::giohw : tag::iohw}, node,
                                         chosen.weights_desc(), stream_);
  weight_bytes_ += chosen.weights_desc().get_size();
  draft_primitive(
      dnnl::deconvolution_forward(chosen), chosen.scratchpad_desc(),
      {{DNNL_ARG_SRC, describe(in), in.storage}, {DNNL_ARG_DST, describe(out), out.storage}},
      constants_of(node, weights));
}

}  // namespace faceshot::engine
