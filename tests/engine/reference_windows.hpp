// The reference's operators with windows.
#pragma once

#include <vector>

#include "engine/graph/graph.hpp"

namespace faceshot::testing {

using Values = std::vector<double>;

/// Row-major index from coordinates.
[[nodiscard]] inline std::size_t at(const engine::Shape& shape, const engine::Shape& index) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) flat = flat * shape[d] + index[d];
  return static_cast<std::size_t>(flat);
}

[[nodiscard]] inline std::int64_t count_of(const engine::Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

/// Calls visit(index) for all coordinates in row-major order.
template <typename Visit>
void for_each_index(const engine::Shape& shape, const Visit& visit) {
  engine::Shape index(shape.size(), 0);
  for (std::int64_t n = count_of(shape); n > 0; --n) {
    visit(index);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
}

// @param in NCHW @param out receives the shape of the result
[[nodiscard]] Values convolution(const engine::Node& node, const Values& x, const engine::Shape& in,
                                 engine::Shape& out);
[[nodiscard]] Values transposed_convolution(const engine::Node& node, const Values& x,
                                            const engine::Shape& in, engine::Shape& out);
[[nodiscard]] Values pooling(const engine::Node& node, const Values& x, const engine::Shape& in,
                             engine::Shape& out);

}  // namespace faceshot::testing
