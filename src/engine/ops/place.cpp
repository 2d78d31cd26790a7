#include "engine/ops/place.hpp"

#include <numeric>

#include "engine/ops/loops.hpp"

namespace faceshot::engine {

Shape memory_order(const Place& place) {
  if (place.channels_last) return {0, 2, 3, 1};
  Shape order(place.shape.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Shape in_order(const Shape& values, const Shape& order) {
  Shape result;
  for (const std::int64_t axis : order) result.push_back(values[static_cast<std::size_t>(axis)]);
  return result;
}

Shape memory_shape(const Place& place) { return in_order(place.shape, memory_order(place)); }

Shape strides_of(const Place& place) {
  const Shape order = memory_order(place), dense = row_major_strides(memory_shape(place));
  Shape strides(order.size());
  for (std::size_t d = 0; d < order.size(); ++d)
    strides[static_cast<std::size_t>(order[d])] = dense[d];
  return strides;
}

AroundAxis around_axis(const Place& place, std::int64_t axis) {
  const std::int64_t wanted = normal_axis(axis, place.shape.size());
  const Shape order = memory_order(place);
  AroundAxis around;
  bool behind = false;
  for (const std::int64_t d : order) {
    const std::int64_t size = place.shape[static_cast<std::size_t>(d)];
    if (d == wanted) {
      around.size = size;
      behind = true;
    } else {
      (behind ? around.inner : around.outer) *= size;
    }
  }
  return around;
}

}  // namespace faceshot::engine
