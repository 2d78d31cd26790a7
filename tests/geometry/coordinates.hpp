// Landmarks as ten numbers, for loops over all of them.
#pragma once

#include <cstddef>

#include "faceshot/landmarks.hpp"

namespace faceshot::testing {

/// x of each point and then its y. @param k from 0 to 9
inline float& coordinate(Landmarks& points, std::size_t k) {
  return k % 2 == 0 ? points[k / 2].x : points[k / 2].y;
}
inline float coordinate(const Landmarks& points, std::size_t k) {
  return k % 2 == 0 ? points[k / 2].x : points[k / 2].y;
}

}  // namespace faceshot::testing
