// Matrix products, normalisations, reductions and resizing.
#include <utility>

#include "engine/ops/normalise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/resize.hpp"
#include "engine/plan/dnnl_primitive.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {

void PlanBuilder::add_matmul(const Node& node) {
  const Place a = input_of(node, 0), b = input_of(node, 1);
  const Place out = define(node, false);
  const auto matrix = [](const Place& place, bool transposed) {
    const Shape shape = transposed ? Shape{place.shape[1], place.shape[0]} : place.shape;
    return dnnl::memory::desc(
        shape, dnnl::memory::data_type::f32,
        transposed ? dnnl::memory::format_tag::ba : dnnl::memory::format_tag::ab);
  };
  const auto a_desc = matrix(a, node.transposes_a), b_desc = matrix(b, node.transposes_b),
             out_desc = matrix(out, false);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::matmul::primitive_desc chosen(dnnl::matmul::desc(a_desc, b_desc, out_desc),
                                            attributes, cpu());
  draft_primitive({dnnl::matmul(chosen),
                   chosen.scratchpad_desc(),
                   {{DNNL_ARG_SRC, a_desc, a.storage},
                    {DNNL_ARG_WEIGHTS, b_desc, b.storage},
                    {DNNL_ARG_DST, out_desc, out.storage}},
                   {}});
}

void PlanBuilder::add_normalisation(const Node& node) {
  // A range of trailing axes is contiguous only in row-major order.
  const Place in = node.flattens ? in_layout(input_of(node), false) : input_of(node);
  const Place out = define(node, in.channels_last);
  AroundAxis around = around_axis(in, node.axis);
  if (node.flattens) around = {around.outer, around.size * around.inner, 1};
  draft({in.storage, out.storage},
        [this, op = node.op, norm = node.norm, around, from = in.storage, to = out.storage] {
          const float* const x = memory_.address(from);
          float* const y = memory_.address(to);
          if (op == Op::softmax) return Action([around, x, y] { softmax(around, x, y); });
          return Action([around, norm, x, y] { lp_normalise(around, norm, x, y); });
        });
}

void PlanBuilder::add_reduce(const Node& node) {
  const Place in = input_of(node);
  const Place out = define(node, false);
  // The result's shape with the reduced axes kept, to iterate over both together.
  Shape kept = in.shape;
  const auto axes = parameters(node);
  const bool given = axes.size() > 1 && axes[1] != nullptr && !axes[1]->integers.empty();
  if (given)
    for (const std::int64_t axis : axes[1]->integers)
      kept[static_cast<std::size_t>(normal_axis(axis, kept.size()))] = 1;
  else if (!node.without_axes_is_identity)
    kept.assign(kept.size(), 1);
  Shape to_strides = row_major_strides(kept);
  for (std::size_t d = 0; d < kept.size(); ++d)
    if (kept[d] == 1) to_strides[d] = 0;
  const Shape order = memory_order(in);
  const auto loops = make_loops<2>(memory_shape(in),
                                   {in_order(strides_of(in), order), in_order(to_strides, order)});
  const std::int64_t outputs = element_count(kept), inputs = element_count(in.shape) / outputs;
  draft({in.storage, out.storage}, [this, loops, reduction = node.reduction, from = in.storage,
                                    to = out.storage, outputs, inputs] {
    return Action([loops, reduction, x = memory_.address(from), y = memory_.address(to), outputs,
                   inputs] { reduce(reduction, loops, x, y, outputs, inputs); });
  });
}

void PlanBuilder::add_resize(const Node& node) {
  const Place in = in_layout(input_of(node), true);
  const Place out = define(node, true);
  const auto axes = resize_axes(node, in.shape, parameters(node));
  draft({in.storage, out.storage},
        [this, linear = node.resize.linear, shape = in.shape, from = in.storage, to = out.storage,
         rows = resize_table(node.resize, in.shape[2], axes[2]),
         columns = resize_table(node.resize, in.shape[3], axes[3])] {
          return Action([linear, shape, rows, columns, x = memory_.address(from),
                         y = memory_.address(to)] {
            const std::int64_t result = static_cast<std::int64_t>(rows.first.size()) *
                                        static_cast<std::int64_t>(columns.first.size()) * shape[1];
            for (std::int64_t n = 0; n < shape[0]; ++n) {
              const float* const image = x + n * shape[1] * shape[2] * shape[3];
              (linear ? resize_linear : resize_nearest)(image, y + n * result, shape[3], shape[1],
                                                        rows, columns);
            }
          });
        });
}

}  // namespace faceshot::engine
