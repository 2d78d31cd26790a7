// Functions of single elements and of pairs.
#include <algorithm>

#include "engine/ops/binary.hpp"
#include "engine/ops/broadcast.hpp"
#include "engine/ops/eltwise.hpp"
#include "engine/ops/unary.hpp"
#include "engine/plan/dnnl_primitive.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {
namespace {

/// Functions that cost more than a multiplication: oneDNN vectorises them.
bool is_expensive(Function function) {
  switch (function) {
    case Function::sigmoid:
    case Function::tanh:
    case Function::elu:
    case Function::softplus:
    case Function::exp:
      return true;
    default:
      return false;
  }
}

/// Strides of an operand along the axes of the result, in the result's memory order.
Shape operand_strides(const Place& operand, const Place& result) {
  Shape strides = strides_of(operand);
  for (std::size_t d = 0; d < strides.size(); ++d)
    if (operand.shape[d] == 1) strides[d] = 0;
  return in_order(strides, memory_order(result));
}

}  // namespace

void PlanBuilder::add_unary(const Node& node) {
  const Place in = input_of(node);
  const Place out = define(node, in.channels_last);
  const std::int64_t count = element_count(in.shape);
  const auto steps = eltwise_steps(node.unary);
  if (is_expensive(node.unary.function) && steps.size() == 1) {
    const dnnl::memory::desc dense({count}, dnnl::memory::data_type::f32,
                                   dnnl::memory::format_tag::x);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::eltwise_forward::desc desc(dnnl::prop_kind::forward_inference,
                                           steps.front().algorithm, dense, steps.front().alpha,
                                           steps.front().beta);
    const dnnl::eltwise_forward::primitive_desc chosen(desc, attributes, cpu());
    return draft_primitive({dnnl::eltwise_forward(chosen),
                            chosen.scratchpad_desc(),
                            {{DNNL_ARG_SRC, dense, in.storage}, {DNNL_ARG_DST, dense, out.storage}},
                            {}});
  }
  draft({in.storage, out.storage},
        [this, unary = node.unary, from = in.storage, to = out.storage, count] {
          return Action([unary, x = memory_.address(from), y = memory_.address(to), count] {
            apply(unary, x, y, count);
          });
        });
}

void PlanBuilder::add_binary(const Node& node) {
  // Operands of fewer axes are aligned at the end of the result's.
  std::array<Place, 2> operands{input_of(node, 0), input_of(node, 1)};
  const bool channels_last = operands[0].channels_last || operands[1].channels_last;
  const std::size_t rank = shape_of(node.output).size();
  for (Place& operand : operands) {
    operand.shape.insert(operand.shape.begin(), rank - operand.shape.size(), 1);
    operand = in_layout(operand, channels_last && rank == 4);
  }
  const Place out = define(node, channels_last && rank == 4);
  const auto loops = make_loops<3>(
      memory_shape(out), {operand_strides(operands[0], out), operand_strides(operands[1], out),
                          in_order(strides_of(out), memory_order(out))});
  draft({operands[0].storage, operands[1].storage, out.storage},
        [this, loops, operation = node.binary, first = operands[0].storage,
         second = operands[1].storage, to = out.storage] {
          return Action([loops, operation, a = memory_.address(first), b = memory_.address(second),
                         y = memory_.address(to)] { apply(operation, loops, a, b, y); });
        });
}

void PlanBuilder::add_batch_norm(const Node& node) {
  const Place in = input_of(node);
  const Place out = define(node, in.channels_last);
  const AroundAxis around = around_axis(in, 1);
  draft({in.storage, out.storage}, [this, &node, around, from = in.storage, to = out.storage] {
    return Action([&node, around, x = memory_.address(from), y = memory_.address(to)] {
      std::int64_t i = 0;
      for (std::int64_t o = 0; o < around.outer; ++o)
        for (std::int64_t c = 0; c < around.size; ++c) {
          const float scale = node.scale[static_cast<std::size_t>(c)];
          const float shift = node.shift[static_cast<std::size_t>(c)];
          for (std::int64_t n = 0; n < around.inner; ++n, ++i) y[i] = x[i] * scale + shift;
        }
    });
  });
}

}  // namespace faceshot::engine
