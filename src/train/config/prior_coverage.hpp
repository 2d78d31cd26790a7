// Checks whether a network's priors suit its training data, before the first step.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::train {

struct PriorCoverage {
  std::size_t faces = 0;  ///< number examined
  double share = 1;       ///< share that some prior overlaps by at least `iou`
  double iou = 0;
  float smallest_face = 0;  ///< 5th percentile of the side (square root of the area)
  float largest_face = 0;   ///< 95th percentile
  float smallest_prior = 0, largest_prior = 0;  ///< sides
};

/// @param priors in pixels of the annotations; at least one
/// @param images annotations of augmented images; ignored ones do not count
/// @param iou the matching threshold. Thread safe.
[[nodiscard]] PriorCoverage prior_coverage(
    std::span<const Prior> priors, std::span<const std::vector<geometry::Annotation>> images,
    double iou);

/// A note for the user; empty if at least 80 % of the faces are covered.
/// @throws Error(invalid_argument) if less than 10 % are: the sizes must be wrong
[[nodiscard]] std::string coverage_note(const PriorCoverage& coverage);

}  // namespace faceshot::train
