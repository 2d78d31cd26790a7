// How well prior boxes fit the faces of a data set, and which sizes would fit better.
//
// A prior that overlaps a face by less than the matching threshold is not trained on it (S3FD,
// Zhang et al. 2017, section 3.2), so recall by size shows where priors are missing.
#pragma once

#include <span>
#include <vector>

#include "data/prepared/prepared.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::data {

/// All faces of a set (without `ignore`) in pixels of the network's input, to which images are
/// scaled by their longer side, up or down.
[[nodiscard]] std::vector<Box> scaled_faces(const PreparedSet& set, int size);

/// Priors of a level.
struct LevelPriors {
  float stride = 8;           ///< distance between cell centres, pixels
  std::vector<Prior> shapes;  ///< their widths and heights, pixels; centres are unused
};

/// The levels of a network's priors.
/// @param strides of each level, from its feature maps
/// @throws Error(invalid_argument) if the spec is invalid or the counts differ
[[nodiscard]] std::vector<LevelPriors> level_priors(const PriorSpec& spec,
                                                    std::span<const float> strides);

/// The best overlap of any prior with a face at its position in a square input.
/// @param size side of the input
[[nodiscard]] float best_prior_iou(const Box& face, std::span<const LevelPriors> priors, int size);

/// Sizes nearest to the faces' own, by k-means on the logarithm of sqrt(area): for squares with the
/// same centre, IoU is the square of the ratio of sides. Every octave of sizes has the same weight:
/// in most sets there are so many tiny faces that they would take all priors.
/// @param count how many, >= 1
/// @param min_side smaller faces are excluded: nothing can be recognised in them
/// @return increasing; fewer if there are fewer different sizes; empty without faces
[[nodiscard]] std::vector<float> propose_prior_sizes(std::span<const Box> faces, int count,
                                                     float min_side = 0);

/// Squares of these sizes, each on the level with the largest stride that is at most half the size:
/// cells of a larger stride would be too far apart to overlap every face of that size.
/// @param strides increasing, at least one; sizes too small for all of them go to the first
[[nodiscard]] std::vector<LevelPriors> assign_levels(std::span<const float> sizes,
                                                     std::span<const float> strides);

}  // namespace faceshot::data
