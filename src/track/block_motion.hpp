// Where the blocks of a picture were in the one before.
#pragma once

#include <span>
#include <vector>

#include "faceshot/camera_motion.hpp"
#include "track/luma_pyramid.hpp"

namespace faceshot::track {

/// A block of level 0 and where it came from, pixels of level 0.
struct BlockMatch {
  double x = 0, y = 0;            ///< middle of the block now
  double from_x = 0, from_y = 0;  ///< in the picture before, to a part of a pixel
  double likeness = 0;            ///< correlation of the two, -1..1; 0 where one is flat
  bool textured = false;          ///< its place is sure in both directions
};

/// Matches blocks of 16 x 16 from coarse to fine. Keeps its memory. Not thread safe.
class BlockMatcher {
 public:
  /// @pre both have the same sizes
  /// @return a match for each block that is not flat, now or at the same place before
  std::span<const BlockMatch> match(const LumaPyramid& before, const LumaPyramid& now);

 private:
  std::vector<BlockMatch> matches_;
};

/// The similarity that most textured blocks follow, in pixels of level 0, from the picture before
/// to this one; none if too few agree or if nothing moves. Deterministic.
class SimilarityFit {
 public:
  [[nodiscard]] CameraMotion fit(std::span<const BlockMatch> matches);

 private:
  std::vector<const BlockMatch*> used_, inliers_;
};

}  // namespace faceshot::track
