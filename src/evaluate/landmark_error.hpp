// The error of a network's five landmarks. Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/landmarks.hpp"

namespace faceshot::evaluate {

/// A face that was found: where its points are said to be and where they are, in the same pixels.
struct LandmarkPair {
  Landmarks found{};
  Landmarks truth{};
  Box face;  ///< the labelled box
};

/// What the distance of a point from its label is divided by.
enum class LandmarkScale : std::uint8_t {
  box,  ///< sqrt(width * height) of the labelled box
  eyes  ///< the distance of the labelled eyes
};

/// From here on the points of a face count as missed: a tenth of the scale (300-W, Sagonas et al.,
/// ICCV Workshops 2013, and later).
inline constexpr double landmark_failure = 0.1;

/// Errors are distances divided by the scale: the box, as RetinaFace (Deng et al., CVPR 2020) and
/// others report them, or the eyes, as most work on alignment does. That one all but vanishes in
/// profile; faces whose eyes are less than a pixel apart have no error by it and are left out.
struct LandmarkError {
  std::size_t faces = 0;             ///< measured
  std::size_t left_out = 0;          ///< eyes in one place
  double mean = 0;                   ///< normalised mean error (NME): over all points of all faces
  std::array<double, 5> by_point{};  ///< the same for each point: eyes, nose, mouth corners
  double failures = 0;               ///< share of faces whose own mean is above landmark_failure
  std::vector<double> of_faces;      ///< the own mean of each face that was measured, rising
};

/// Share of the faces whose own mean is at most so much: the cumulative error distribution (CED).
[[nodiscard]] double share_within(const LandmarkError& error, double limit);

/// Area under the cumulative error distribution up to landmark_failure, divided by that: in [0, 1].
[[nodiscard]] double area_under_ced(const LandmarkError& error);

/// @param pairs any number; of none, everything is 0
/// @pre boxes are valid(), points finite
[[nodiscard]] LandmarkError landmark_error(std::span<const LandmarkPair> pairs,
                                           LandmarkScale scale = LandmarkScale::box);

}  // namespace faceshot::evaluate
