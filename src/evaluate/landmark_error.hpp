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

/// A found face: its predicted and its labelled landmarks, in the same pixels.
struct LandmarkPair {
  Landmarks found{};
  Landmarks truth{};
  Box face;  ///< the labelled box
};

/// What the distance of a point from its label is divided by.
enum class LandmarkScale : std::uint8_t {
  box,  ///< sqrt(width * height) of the labelled box
  eyes  ///< the distance between the labelled eyes
};

/// Minimum mean error of a failure: a tenth of the scale (300-W, Sagonas et al., ICCV Workshops
/// 2013, and later).
inline constexpr double landmark_failure = 0.1;

/// Errors are distances divided by the scale: the box, as in RetinaFace (Deng et al., CVPR 2020)
/// and others, or the eyes, as in most work on alignment. The eyes' distance almost vanishes in
/// profile; faces whose eyes are less than a pixel apart are left out for that scale.
struct LandmarkError {
  std::size_t faces = 0;             ///< measured
  std::size_t left_out = 0;          ///< eyes too close together
  double mean = 0;                   ///< normalised mean error (NME): over all points of all faces
  std::array<double, 5> by_point{};  ///< the same for each point: eyes, nose, mouth corners
  double failures = 0;               ///< share of faces whose own mean is above landmark_failure
  std::vector<double> of_faces;      ///< the mean of each measured face, ascending
};

/// Share of the faces whose mean error is at most `limit`: the cumulative error distribution (CED).
[[nodiscard]] double share_within(const LandmarkError& error, double limit);

/// Area under the cumulative error distribution up to landmark_failure, divided by that: in [0, 1].
[[nodiscard]] double area_under_ced(const LandmarkError& error);

/// @param pairs any number; without any, everything is 0
/// @pre boxes are valid(), points finite
[[nodiscard]] LandmarkError landmark_error(std::span<const LandmarkPair> pairs,
                                           LandmarkScale scale = LandmarkScale::box);

}  // namespace faceshot::evaluate
