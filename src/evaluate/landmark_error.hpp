// How far a network's five points lie from the true ones. Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "faceshot/box.hpp"
#include "faceshot/landmarks.hpp"

namespace faceshot::evaluate {

/// A face that was found: where its points are said to be and where they are, in the same pixels.
struct LandmarkPair {
  Landmarks found{};
  Landmarks truth{};
  Box face;  ///< the labelled box
};

/// Errors are distances divided by sqrt(width * height) of the labelled box, as RetinaFace (Deng et
/// al., CVPR 2020) and others report them: the distance of the eyes, the other usual divisor, all
/// but vanishes in profile.
struct LandmarkError {
  std::size_t faces = 0;
  double mean = 0;                   ///< normalised mean error (NME): over all points of all faces
  std::array<double, 5> by_point{};  ///< the same for each point: eyes, nose, mouth corners
  double failures = 0;               ///< share of faces whose own mean is above 0.1
};

/// @param pairs any number; of none, everything is 0
/// @pre boxes are valid(), points finite
[[nodiscard]] LandmarkError landmark_error(std::span<const LandmarkPair> pairs);

}  // namespace faceshot::evaluate
