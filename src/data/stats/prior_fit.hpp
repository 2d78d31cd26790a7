// How well prior boxes fit the faces of a data set, and which sizes would fit better.
//
// A prior that overlaps a face by less than the matching threshold learns nothing from it (S3FD,
// Zhang et al. 2017, section 3.2), so recall by size shows where priors are missing.
#pragma once

#include <span>
#include <vector>

#include "data/prepared/prepared.hpp"
#include "faceshot/prior.hpp"

namespace faceshot::data {

/// All faces of a set (without `ignore`) in pixels of the network's input, to which an image is
/// scaled by its longer side, up as well as down.
[[nodiscard]] std::vector<Box> scaled_faces(const PreparedSet& set, int size);

/// Priors of a level.
struct LevelPriors {
  float stride = 8;           ///< distance of the cells' centres, pixels
  std::vector<Prior> shapes;  ///< their widths and heights, pixels; centres mean nothing
};

/// The levels of a network's priors.
/// @param strides of each level, as its feature maps have them
/// @throws Error(invalid_argument) if the spec is invalid or the counts differ
[[nodiscard]] std::vector<LevelPriors> level_priors(const PriorSpec& spec,
                                                    std::span<const float> strides);

/// The best overlap that any prior has with a face, wherever it lies on a square input.
/// @param size side of the input
[[nodiscard]] float best_prior_iou(const Box& face, std::span<const LevelPriors> priors, int size);

/// Sizes that lie nearest to the faces' own, by k-means over the logarithm of sqrt(area): for
/// squares on one centre, IoU is the square of the ratio of sides. Every octave of sizes weighs the
/// same: in most sets tiny faces are so many that they would take all priors for themselves.
/// @param count how many, >= 1
/// @param min_side smaller faces are left out: there is nothing to see in them
/// @return rising; fewer if there are fewer different sizes; empty without faces
[[nodiscard]] std::vector<float> propose_prior_sizes(std::span<const Box> faces, int count,
                                                     float min_side = 0);

/// Squares of these sizes, each on the level with the largest stride that is at most half of it:
/// cells of a larger stride would lie too far apart to overlap every face of that size.
/// @param strides rising, at least one; sizes too small for all of them go to the first
[[nodiscard]] std::vector<LevelPriors> assign_levels(std::span<const float> sizes,
                                                     std::span<const float> strides);

}  // namespace faceshot::data
