// Box voting: a kept box is moved by the boxes that it suppresses (Gidaris and Komodakis, "Object
// detection via a multi-region and semantic segmentation-aware CNN model", 2015), and its score
// depends on their agreement. Neighbouring priors see a face independently: their mean is more
// accurate than the best of them, and a detection from a single prior is often a false positive.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"

namespace faceshot::detect {

/// A suppressed box votes if its score is at least this share of its suppressor's. Boxes below the
/// score threshold may vote, so candidates are decoded down to this share of it; this makes results
/// independent of the threshold.
inline constexpr float voter_share = 0.25F;

/// For several images, one after another; memory is reused. Not thread safe.
class BoxVoting {
 public:
  /// The voters are the box itself and those of its class that it suppressed. Boxes and landmarks
  /// become the mean of the voters', weighted by the squares of their scores; a score s becomes s *
  /// sum / (sum + 0.2), where sum is the sum of all voters' scores, its own included. So a score
  /// never rises.
  /// @param candidates scores above 0 @param kept, droppers from Nms, run on these candidates
  /// @return the kept boxes after voting, by descending score, ties in the order of `kept`; valid
  /// until
  ///         the next call
  std::span<const Detection> run(std::span<const Detection> candidates,
                                 std::span<const std::size_t> kept,
                                 std::span<const std::size_t> droppers);

 private:
  struct Votes {
    double weight = 0, score = 0, point_weight = 0;
    std::array<double, 4> box{};
    std::array<std::array<double, 2>, 5> points{};
  };
  static void count(const Detection& voter, Votes& votes);

  std::vector<Votes> votes_;        ///< for each kept box
  std::vector<std::size_t> place_;  ///< of a candidate among the kept ones
  std::vector<Detection> voted_, sorted_;
  std::vector<std::size_t> order_;
};

}  // namespace faceshot::detect
