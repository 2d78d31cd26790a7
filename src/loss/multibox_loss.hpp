// SSD's multibox loss with hard negative mining, value and gradient at once, in plain C++: boxes,
// IoU and coding are the same code as everywhere else, so no second implementation in Torch can
// drift away.
//
// W. Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, section 2.2: softmax
// cross-entropy over classes plus a location loss on positives, both divided by the number of
// positives. If the network has landmarks, a separate loss on the positives whose face has
// landmarks, divided by their number (RetinaFace, Deng et al., CVPR 2020, section 3.1).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "geometry/annotation.hpp"
#include "loss/atss.hpp"
#include "loss/location_loss.hpp"
#include "loss/matching.hpp"
#include "loss/prior_grid.hpp"
#include "loss/simota.hpp"

namespace faceshot::loss {

/// The [loss] section of a config.
struct LossOptions {
  /// iou (match_priors), atss (atss.hpp) or simota (simota.hpp).
  std::string matching = "iou";
  MatchOptions match;  ///< iou; its ignore_coverage applies to all
  AtssOptions atss;
  SimotaOptions simota;
  /// cross_entropy (with hard negative mining), focal, quality_focal, varifocal or iou_branch (with
  /// all negatives); see class_loss.hpp.
  std::string class_loss = "cross_entropy";
  /// focal, iou_branch: weight of faces; background has 1 minus this; below 0: no weights.
  /// varifocal: weight of background.
  float focal_alpha = 0.25F;
  float focal_gamma = 2;  ///< quality_focal: beta, at least 1; the others: gamma
  float pos_alpha = 1;    ///< weight of the class loss of positives, for any loss
  float neg_alpha = 1;    ///< and of negatives
  /// Additional weights of positives by class id, not negative; empty: all 1.
  std::vector<float> class_weights;
  float negative_ratio = 3;       ///< hard negatives mined per positive, for each image
  int min_negatives = 16;         ///< minimum per image, so that images without faces contribute
  float smooth_l1_weight = 1;     ///< weight of smooth L1 on the coded offsets
  float smooth_l1_beta = 1;       ///< where smooth L1 changes from quadratic to linear
  std::string iou_loss = "diou";  ///< none, iou, giou, diou, ciou: on the decoded boxes
  float iou_weight = 1;           ///< its weight
  std::string landmark_loss = "smooth_l1";  ///< smooth_l1 or wing: on the coded points
  float landmark_weight = 0.25F;            ///< its weight
  float landmark_beta = 1;                  ///< where its smooth L1 changes from quadratic to
                                            ///< linear
  float wing_width = 0.4F;                  ///< wing: where it changes from logarithmic to linear
  float wing_curvature = 0.08F;             ///< wing: smaller is steeper at the target
};

/// @throws Error(invalid_argument) naming the option
void validate(const LossOptions& options);

/// Loss of a batch, and its gradient with respect to the network's raw outputs.
struct MultiboxResult {
  double confidence = 0;  ///< weighted class loss of positives and (mined) negatives / positives
  double location = 0;    ///< location loss of positives / positives
  double landmarks = 0;   ///< landmark loss of positives whose face has them / their number
  /// Mean of -log p(true class) over positives and (mined) negatives, unweighted: comparable
  /// between class losses.
  double negative_log_likelihood = 0;
  std::int64_t positives = 0;
  std::int64_t landmark_positives = 0;   ///< of these, those whose face has landmarks
  std::int64_t negatives = 0;            ///< mined
  std::vector<float> loc_gradient;       ///< [N, P, 4]
  std::vector<float> conf_gradient;      ///< [N, P, classes + 1]
  std::vector<float> landmark_gradient;  ///< [N, P, 10]; empty if the network has no landmarks

  [[nodiscard]] double total() const { return confidence + location + landmarks; }
};

/// @param loc [N, P, 4], @param conf [N, P, classes + 1] logits, background first; row-major
/// @param landmarks [N, P, 10] offsets as from encode_landmarks(); empty: the network has none
/// @param grid P priors in the pixels of the annotations
/// @param annotations N lists of faces; may be empty lists; N may be 0
/// @param threads that process images; the result does not depend on their number
/// @param result overwritten; its buffers are reused
/// A negative prior inside an ignore region of one class stays background for the others: that
/// class's logit is excluded from its softmax, and gets no gradient. If nothing but background is
/// left, or the region is of any_class, the prior is not part of the loss.
/// Divisors are at least 1: a batch without faces gives a finite loss, never NaN. Faces smaller
/// than a pixel or inverted are treated as ignore regions.
/// @throws Error(invalid_argument) if sizes do not fit or a class is unknown; Error(diverged) for
/// non-finite outputs
void multibox_loss(std::span<const float> loc, std::span<const float> conf,
                   std::span<const float> landmarks, const PriorGrid& grid,
                   const std::array<float, 4>& variances,
                   std::span<const std::vector<geometry::Annotation>> annotations,
                   std::size_t classes, const LossOptions& options, int threads,
                   MultiboxResult& result);

}  // namespace faceshot::loss
