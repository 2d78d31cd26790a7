#include "engine/kernels/row_stage.hpp"

#include <algorithm>

#include "engine/kernels/packed_weights.hpp"

namespace faceshot::engine {

RowRange RowStage::needs(RowRange rows) const {
  if (rows.begin >= rows.end) return {0, 0};
  const std::int64_t begin = rows.begin * walk_.stride - walk_.top;
  const std::int64_t end = (rows.end - 1) * walk_.stride - walk_.top + walk_.kernel;
  return {std::clamp<std::int64_t>(begin, 0, walk_.in_height),
          std::clamp<std::int64_t>(end, 0, walk_.in_height)};
}

bool has_row_stage(const Node& node) {
  return node.op == Op::separable_conv || node.op == Op::upsample_add || is_pointwise(node) ||
         is_depthwise(node) || is_first_convolution(node) || is_row_pooling(node);
}

RowStagePtr row_stage(const Node& node, const Shape& in, const Shape& out,
                      const RowOptions& options) {
  if (node.op == Op::separable_conv)
    return depthwise_pointwise_stage(node.stages[0], node.stages[1], in, out, options);
  if (node.op == Op::upsample_add) return upsample_add_stage(in, options);
  if (is_pointwise(node)) return pointwise_stage(node, in, options);
  if (is_depthwise(node)) return depthwise_stage(node, in, out, options);
  if (is_first_convolution(node)) return first_stage(node, in, out, options);
  return max_pool_stage(node, in, out, options);
}

}  // namespace faceshot::engine
