// Convolution, transposed or not, on oneDNN.
#include <algorithm>

#include "engine/ops/eltwise.hpp"
#include "engine/ops/fit_window.hpp"
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

/// The node's weights in the layout of the primitive.
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

/// Rows [begin, end) of a convolution's output, computed as a convolution of some rows of its
/// input.
struct Strip {
  std::int64_t begin, end;
  std::int64_t in_begin, in_end;
  std::int64_t top, bottom;  ///< rows of padding
};

/// As many strips as threads can share evenly. For several
/// images one strip with all rows, since only the rows of a single image are contiguous.
std::vector<Strip> strips_of(const Node& node, const FittedWindow& fit, const Place& in,
                             const Place& out, int threads) {
  constexpr std::int64_t least_rows = 4;
  const std::int64_t height = out.shape[2], in_height = in.shape[2];
  const std::vector<Strip> whole{{0, height, 0, in_height, fit.padding[0], fit.padding[2]}};
  if (threads <= 1 || in.shape[0] != 1) return whole;
  const std::int64_t count = std::max(std::min<std::int64_t>(threads, height),
                                      std::min(std::int64_t{2} * threads, height / least_rows));
  const std::int64_t seen = (fit.kernel[0] - 1) * node.window.dilation[0] + 1;
  std::vector<Strip> strips;
  for (std::int64_t i = 0; i < count; ++i) {
    Strip s{height * i / count, height * (i + 1) / count, 0, 0, 0, 0};
    const std::int64_t first = s.begin * node.window.stride[0] - fit.padding[0];
    const std::int64_t last = (s.end - 1) * node.window.stride[0] - fit.padding[0] + seen;
    s.in_begin = std::max<std::int64_t>(first, 0);
    s.in_end = std::min(last, in_height);
    s.top = s.in_begin - first;
    s.bottom = last - s.in_end;
    if (s.in_begin >= s.in_end) return whole;  // it reads only padding
    strips.push_back(s);
  }
  return strips;
}

/// `rows` rows of a tensor.
dnnl::memory::desc describe_rows(const Place& place, std::int64_t rows) {
  Place some = place;
  some.shape[2] = rows;
  return describe(some);
}

}  // namespace

void PlanBuilder::add_convolution(const Node& node) {
  if (add_row_layer(node)) return;
  // Only a network's first convolution has an input that is not channels last: the caller's image.
  const Place in = in_layout(input_of(node), true);
  // Post-operation "sum": the destination holds the addend when the convolution starts.
  const Place out = node.adds_input ? define(node, true, in_layout(input_of(node, 1), true).storage)
                                    : define(node, true);
  const FittedWindow fit = fit_window(node.window, in.shape);
  const Shape& weight = node.weight->shape;
  const bool grouped = node.group > 1;
  const Shape dims =
      grouped ? Shape{node.group, weight[0] / node.group, weight[1], weight[2], weight[3]} : weight;
  std::vector<Primitive> pieces;
  for (const Strip& strip : strips_of(node, fit, in, out, threads_)) {
    const dnnl::memory::desc from = describe_rows(in, strip.in_end - strip.in_begin);
    const dnnl::memory::desc to = describe_rows(out, strip.end - strip.begin);
    const dnnl::convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, from,
        dnnl::memory::desc(dims, type::f32, tag::any), bias_desc(node), to,
        {node.window.stride[0], node.window.stride[1]},
        {node.window.dilation[0] - 1, node.window.dilation[1] - 1}, {strip.top, fit.padding[1]},
        {strip.bottom, fit.padding[3]});
    const dnnl::convolution_forward::primitive_desc chosen(desc, attributes_of(node), cpu());
    // Strips whose weights have the same layout share them.
    const bool shares = !pieces.empty() &&
                        pieces.front().constants.front().second.get_desc() == chosen.weights_desc();
    auto constants =
        shares ? pieces.front().constants
               : constants_of(node, reordered({dims, type::f32, grouped ? tag::goihw : tag::oihw},
                                              node, chosen.weights_desc(), stream_));
    if (!shares) weight_bytes_ += chosen.weights_desc().get_size();
    pieces.push_back({dnnl::convolution_forward(chosen),
                      chosen.scratchpad_desc(),
                      {{DNNL_ARG_SRC, from, in.storage, strip.in_begin * in.shape[3] * in.shape[1]},
                       {DNNL_ARG_DST, to, out.storage, strip.begin * out.shape[3] * out.shape[1]}},
                      std::move(constants)});
  }
  draft_primitives(std::move(pieces));
  // The addend is read from the destination.
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
      {dnnl::deconvolution_forward(chosen),
       chosen.scratchpad_desc(),
       {{DNNL_ARG_SRC, describe(in), in.storage}, {DNNL_ARG_DST, describe(out), out.storage}},
       constants_of(node, weights)});
}

}  // namespace faceshot::engine
