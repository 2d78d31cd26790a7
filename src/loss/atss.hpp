// Assigns priors to faces, with a threshold derived for each face: adaptive training sample
// selection (Zhang et al., "Bridging the gap between anchor-based and anchor-free detection via
// adaptive training sample selection", CVPR 2020, algorithm 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

struct AtssOptions {
  int candidates = 9;            ///< priors of each level, nearest to the face's centre
  float ignore_coverage = 0.5F;  ///< as in MatchOptions
};

/// 1. From each level a face gets the `candidates` priors whose centres are nearest to its own.
/// 2. Its threshold is the mean plus the standard deviation of their IoUs with it.
/// 3. Those at or above it, with their centre inside the face, are positive; a prior claimed by
///    several faces goes to the one with the largest IoU. A face that is left without any gets the
///    one with the best IoU among its candidates, a case that the paper leaves open: faces smaller
///    than the cells of the first level may contain no centre at all.
/// @param level_begin index of each level's first prior, increasing, from 0
/// @return as match_priors(). Thread safe.
[[nodiscard]] std::vector<std::int32_t> match_atss(std::span<const Prior> priors,
                                                   std::span<const std::size_t> level_begin,
                                                   std::span<const geometry::Annotation> faces,
                                                   const AtssOptions& options);

}  // namespace faceshot::loss
