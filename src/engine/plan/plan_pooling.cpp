// Pooling on oneDNN.
#include "engine/ops/fit_window.hpp"
#include "engine/plan/dnnl_primitive.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {

void PlanBuilder::add_pooling(const Node& node) {
  if (add_row_layer(node)) return;
  const Place in = in_layout(input_of(node), true);
  const Place out = define(node, true);
  const FittedWindow fit = fit_window(node.window, in.shape);
  const auto algorithm = node.op == Op::max_pool ? dnnl::algorithm::pooling_max
                         : node.counts_padding   ? dnnl::algorithm::pooling_avg_include_padding
                                                 : dnnl::algorithm::pooling_avg_exclude_padding;
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::pooling_forward::desc desc(
      dnnl::prop_kind::forward_inference, algorithm, describe(in), describe(out),
      {node.window.stride[0], node.window.stride[1]}, {fit.kernel[0], fit.kernel[1]},
      {fit.padding[0], fit.padding[1]}, {fit.padding[2], fit.padding[3]});
  const dnnl::pooling_forward::primitive_desc chosen(desc, attributes, cpu());
  draft_primitive(
      {dnnl::pooling_forward(chosen),
       chosen.scratchpad_desc(),
       {{DNNL_ARG_SRC, describe(in), in.storage}, {DNNL_ARG_DST, describe(out), out.storage}},
       {}});
}

}  // namespace faceshot::engine
