// The memory location of a tensor.
#pragma once

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

/// Dense, in row-major order of its shape or (four dimensions only) channels last, the faster
/// layout for oneDNN on CPUs.
struct Place {
  Shape shape;
  bool channels_last = false;
  int storage = -1;  ///< see TensorMemory
};

/// The tensor's axes in memory order, outermost first.
[[nodiscard]] Shape memory_order(const Place& place);

/// values[order[0]], values[order[1]], ...
[[nodiscard]] Shape in_order(const Shape& values, const Shape& order);

/// Sizes in memory order.
[[nodiscard]] Shape memory_shape(const Place& place);

/// Stride of each axis, by axis of `shape`, in elements.
[[nodiscard]] Shape strides_of(const Place& place);

/// A tensor in memory as [outer, size, inner] around one of its axes.
struct AroundAxis {
  std::int64_t outer = 1, size = 1, inner = 1;
};
/// @param axis negative ones count from the end
[[nodiscard]] AroundAxis around_axis(const Place& place, std::int64_t axis);

}  // namespace faceshot::engine
