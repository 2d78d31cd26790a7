#include "weights/strided.hpp"

#include <cassert>

namespace faceshot::weights {

std::vector<float> gather_strided(const std::vector<float>& source,
                                  const std::vector<std::int64_t>& shape,
                                  const std::vector<std::int64_t>& strides, std::int64_t offset) {
  assert(shape.size() == strides.size());
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  std::vector<float> values(count);
  std::vector<std::int64_t> index(shape.size(), 0);
  std::int64_t place = offset;
  for (float& value : values) {
    assert(place >= 0 && static_cast<std::size_t>(place) < source.size());
    value = source[static_cast<std::size_t>(place)];
    // Counts like an odometer.
    for (std::size_t d = shape.size(); d-- > 0;) {
      place += strides[d];
      if (++index[d] < shape[d]) break;
      place -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return values;
}

std::vector<std::int64_t> row_major_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

std::vector<std::int64_t> column_major_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = 1; d < shape.size(); ++d) strides[d] = strides[d - 1] * shape[d - 1];
  return strides;
}

}  // namespace faceshot::weights
