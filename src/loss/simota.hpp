// Assigns priors to faces by the network's own predictions: the simplified optimal transport
// assignment of YOLOX (Ge et al., "YOLOX: Exceeding YOLO series in 2021", arXiv:2107.08430, section
// 2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/prior.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::loss {

struct SimotaOptions {
  float center_radius = 2.5F;    ///< priors this close to a face's centre are candidates, in cells
  int dynamic_candidates = 10;   ///< number of best IoUs whose sum is the number of priors of a
                                 ///< face
  float iou_weight = 3;          ///< weight of -log IoU in the cost; the classification's is 1
  float ignore_coverage = 0.5F;  ///< as in MatchOptions
};

/// The network's predictions for all priors.
struct Predictions {
  std::span<const Box> boxes;     ///< decoded
  std::span<const float> scores;  ///< of being a face, in (0, 1)
};

/// Candidates of a face are priors with their centre inside it or near its centre. The cost of each
/// is its binary cross-entropy plus iou_weight times -log IoU of the predicted box, plus a very
/// large penalty unless it is both inside and near. A face takes its cheapest candidates, as many
/// as the rounded sum of its best IoUs, at least one; a prior taken by several goes to the one with
/// the lowest cost.
/// @param level_begin index of each level's first prior @param level_step distance between its
/// cells,
///        pixels
/// @return as match_priors(). Thread safe.
[[nodiscard]] std::vector<std::int32_t> match_simota(std::span<const Prior> priors,
                                                     std::span<const std::size_t> level_begin,
                                                     std::span<const float> level_step,
                                                     std::span<const geometry::Annotation> faces,
                                                     const Predictions& predictions,
                                                     const SimotaOptions& options);

}  // namespace faceshot::loss
