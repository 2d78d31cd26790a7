// A detected face.
#pragma once

#include <optional>

#include "faceshot/box.hpp"
#include "faceshot/landmarks.hpp"

namespace faceshot {
inline namespace v0_1 {

/// A box in pixels, its score in [0, 1], its class (0 is the first real class, "face"; the
/// background has no number), and its landmarks where the network gives them.
struct Detection {
  Box box;
  float score = 0;
  int label = 0;
  std::optional<Landmarks> landmarks = std::nullopt;  ///< in the pixels of the box
};

}  // namespace v0_1
}  // namespace faceshot
