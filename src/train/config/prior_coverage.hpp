// Whether a network's priors suit what it will be trained on, before a step is run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::train {

struct PriorCoverage {
  std::size_t faces = 0;  ///< looked at
  double share = 1;       ///< of them that some prior overlaps by at least `iou`
  double iou = 0;
  float smallest_face = 0;  ///< side (square root of the area) that 5 % of the faces are below
  float largest_face = 0;   ///< that 5 % are above
  float smallest_prior = 0, largest_prior = 0;  ///< sides
};

/// @param priors in pixels of the annotations; at least one
/// @param images annotations of augmented images; those to ignore do not count
/// @param iou the matching threshold. Thread safe.
[[nodiscard]] PriorCoverage prior_coverage(
    std::span<const Prior> priors, std::span<const std::vector<geometry::Annotation>> images,
    double iou);

/// What to tell the user: nothing where 80 % of the faces are covered.
/// @throws Error(invalid_argument) where less than 10 % are: the sizes must be wrong
[[nodiscard]] std::string coverage_note(const PriorCoverage& coverage);

}  // namespace faceshot::train
