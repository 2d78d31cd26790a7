// Random boxes for property tests.
#pragma once

#include "base/random.hpp"
#include "faceshot/box.hpp"

namespace faceshot::testing {

/// A valid box with corners in [-20, 120) and sides in [0.5, 60): large enough to be sound in float
/// arithmetic, close enough together that pairs overlap often.
inline Box random_box(base::Random& random) {
  const float x = random.uniform(-20, 60);
  const float y = random.uniform(-20, 60);
  return {x, y, x + random.uniform(0.5F, 60), y + random.uniform(0.5F, 60)};
}

}  // namespace faceshot::testing
