// Joining, splitting and transposing tensors.
#include <algorithm>

#include "engine/ops/slicing.hpp"
#include "engine/plan/plan_builder.hpp"

namespace faceshot::engine {

void PlanBuilder::add_concat(const Node& node) {
  const bool channels_last = input_of(node).channels_last;
  std::vector<Place> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    parts.push_back(in_layout(input_of(node, i), channels_last));
  const Place out = define(node, channels_last);
  const AroundAxis whole = around_axis(out, node.axis);
  const std::int64_t row = whole.size * whole.inner;
  std::int64_t offset = 0;
  for (const Place& part : parts) {
    const std::int64_t block = around_axis(part, node.axis).size * whole.inner;
    if (whole.outer > 1 || !memory_.make_part(part.storage, out.storage, offset, block)) {
      draft({part.storage, out.storage},
            [this, from = part.storage, to = out.storage, outer = whole.outer, block, row, offset] {
              return Action([in = memory_.address(from), result = memory_.address(to) + offset,
                             outer, block, row] {
                for (std::int64_t o = 0; o < outer; ++o)
                  std::copy_n(in + o * block, block, result + o * row);
              });
            });
      PlanStep& step = drafts_.back().step;
      step.kernel = "block copy";
      step.shape = part.shape;
      step.bytes_read = step.bytes_written =
          static_cast<std::size_t>(element_count(part.shape)) * sizeof(float);
    }
    offset += block;
  }
}

void PlanBuilder::add_slice(const Node& node) {
  const Place in = input_of(node);
  const SliceSteps steps = node.op == Op::slice ? slice_steps(node, in.shape, parameters(node))
                                                : slice_part_steps(node, in.shape);
  const Place out = define(node, in.channels_last);
  Shape strides = strides_of(in);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < strides.size(); ++d) {
    offset += steps.first[d] * strides[d];
    strides[d] *= steps.step[d];
  }
  draft_copy(in.storage, offset, strides, out);
}

void PlanBuilder::add_channels(const Node& node) {
  const Place in = input_of(node);
  const Shape strides = strides_of(in);
  draft_copy(in.storage, node.start * strides[1], strides, define(node, in.channels_last));
}

void PlanBuilder::add_gather(const Node& node) {
  const Place in = in_layout(input_of(node), false);
  const Place out = define(node, false);
  const AroundAxis around = around_axis(in, node.axis);
  std::vector<std::int64_t> indices = parameters(node)[1]->integers;
  for (std::int64_t& index : indices)
    if (index < 0) index += around.size;
  draft({in.storage, out.storage}, [this, from = in.storage, to = out.storage, around, indices] {
    return Action([x = memory_.address(from), y = memory_.address(to), around, indices] {
      float* result = y;
      for (std::int64_t o = 0; o < around.outer; ++o)
        for (const std::int64_t index : indices)
          result = std::copy_n(x + (o * around.size + index) * around.inner, around.inner, result);
    });
  });
}

void PlanBuilder::add_transpose(const Node& node) {
  const Place& in = input_of(node);
  Shape permutation = node.permutation;
  if (permutation.empty())
    for (std::size_t d = in.shape.size(); d-- > 0;)
      permutation.push_back(static_cast<std::int64_t>(d));
  // The bytes may be in the wanted order already.
  const bool to_last = in.channels_last && permutation == Shape{0, 2, 3, 1};
  const bool from_last = !in.channels_last && permutation == Shape{0, 3, 1, 2};
  if (to_last || from_last) {
    (void)define(node, from_last, in.storage);
    return;
  }
  const int storage = in.storage;
  const Shape strides = in_order(strides_of(in), permutation);
  draft_copy(storage, 0, strides, define(node, false));
}

}  // namespace faceshot::engine
