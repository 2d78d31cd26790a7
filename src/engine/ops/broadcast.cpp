#include "engine/ops/broadcast.hpp"

#include <algorithm>
#include <cassert>

#include "engine/ops/loops.hpp"

namespace faceshot::engine {

std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()), 1);
  for (const Shape* const operand : {&a, &b}) {
    const std::size_t front = result.size() - operand->size();
    for (std::size_t d = 0; d < operand->size(); ++d) {
      const std::int64_t size = (*operand)[d];
      std::int64_t& whole = result[front + d];
      if (whole == 1)
        whole = size;
      else if (size != 1 && size != whole)
        return std::nullopt;
    }
  }
  return result;
}

Shape broadcast_strides(const Shape& operand, const Shape& result) {
  const Shape own = row_major_strides(operand);
  Shape strides(result.size(), 0);
  assert(operand.size() <= result.size());
  const std::size_t front = result.size() - operand.size();
  for (std::size_t d = 0; d < operand.size(); ++d)
    if (operand[d] != 1) strides[front + d] = own[d];
  return strides;
}

}  // namespace faceshot::engine
