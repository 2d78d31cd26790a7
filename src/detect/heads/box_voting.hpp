// Box voting: a kept box is moved by those that it suppresses (Gidaris and Komodakis, "Object
// detection via a multi-region and semantic segmentation-aware CNN model", 2015), and its score
// depends on their agreement. Neighbouring priors see a face independently: their mean sits better
// than the best of them, and a face that one prior alone sees is often none.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"

namespace faceshot::detect {

/// Boxes vote that score at least this share of the one that drops them. What is not shown for its
/// score may vote, so candidates are decoded down to this share of the score threshold; then a
/// result does not depend on the threshold.
inline constexpr float voter_share = 0.25F;

/// For several images, one after another; memory is kept. Not thread safe.
class BoxVoting {
 public:
  /// The voters are the box itself and those of its class that it dropped. Boxes and landmarks
  /// become the mean of the voters', weighted by the squares of their scores; a score s becomes s *
  /// sum / (sum + 0.2), the sum being that of the voters' scores, its own among them. So a score
  /// never rises.
  /// @param candidates scores above 0 @param kept, droppers of Nms, run on these candidates
  /// @return what was kept, voted on, by descending score, equal ones in the order of `kept`; valid
  ///         until the next call
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

  std::vector<Votes> votes_;        ///< on each that is kept
  std::vector<std::size_t> place_;  ///< of a candidate among those kept
  std::vector<Detection> voted_, sorted_;
  std::vector<std::size_t> order_;
};

}  // namespace faceshot::detect
