// Finds where the blocks of a picture were in the previous one.
#pragma once

#include <span>
#include <vector>

#include "faceshot/camera_motion.hpp"
#include "track/luma_pyramid.hpp"

namespace faceshot::track {

/// In pixels of some level.
struct Shift {
  int x = 0, y = 0;
};

/// A block of level 0 and its previous position, pixels of level 0.
struct BlockMatch {
  double x = 0, y = 0;            ///< current centre of the block
  double from_x = 0, from_y = 0;  ///< in the previous picture, with subpixel accuracy
  double likeness = 0;            ///< correlation of the two, -1..1; 0 if one is flat
  bool textured = false;          ///< its position is well defined in both directions
};

/// Matches blocks of 16 x 16 from coarse to fine: every second one, as on a chessboard, and the
/// others if few of those are textured. Reuses its
/// memory. Not thread safe.
class BlockMatcher {
 public:
  /// @pre both have the same sizes
  /// @return a match for each of those blocks that is not flat, neither now nor at the same place
  /// before
  std::span<const BlockMatch> match(const LumaPyramid& before, const LumaPyramid& now);

 private:
  bool match_block(const LumaPyramid& before, const LumaPyramid& now, int x, int y, Shift global,
                   int offset);

  std::vector<BlockMatch> matches_;
};

/// The similarity that most textured blocks follow, in pixels of level 0, from the previous picture
/// to this one; nothing if too few agree or if nothing moves. Deterministic.
class SimilarityFit {
 public:
  [[nodiscard]] CameraMotion fit(std::span<const BlockMatch> matches);

 private:
  std::vector<const BlockMatch*> used_, inliers_;
};

}  // namespace faceshot::track
