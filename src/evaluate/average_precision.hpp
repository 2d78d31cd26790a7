// Average precision of a detector over a set of images, for validation during training and for any
// data set. WIDER FACE's official number is computed in wider_protocol.hpp; the two differ (there:
// fixed thresholds, many detections may match one face, "+1" in the IoU).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/box.hpp"
#include "faceshot/nms.hpp"

namespace faceshot::evaluate {

/// One labelled face of an image.
struct GroundTruthBox {
  Box box;              ///< pixels, in the coordinates of the detections
  bool ignore = false;  ///< neither face nor background: detecting it is neither right nor wrong
};

/// The detections and the ground truth of one image. Views: both outlive the call.
struct ImageEvaluation {
  std::span<const Detection> detections;  ///< in any order; labels are ignored
  std::span<const GroundTruthBox> truth;
};

/// Minimum share of a detection that an ignored box must cover to excuse it: ignore regions are
/// often crowds, far larger than a single face in them.
inline constexpr float excused_coverage = 0.5F;

/// Whether an ignored box covers that share of it.
[[nodiscard]] bool is_excused(const Box& box, std::span<const GroundTruthBox> truth);

/// PASCAL VOC average precision, all-point form (VOC 2010 and later): the area under the precision
/// envelope over recall, with detections of all images in one ranking.
///
/// Detections are visited by descending score (equal scores: images in the order given, within an
/// image in the order given). Each is compared with the face it overlaps most: at `iou_threshold`
/// or more it is a true positive, or a false positive if that face was found before. A detection
/// without such a face counts as nothing if it overlaps an ignored box by `iou_threshold`, or if an
/// ignored box covers at least half of it; otherwise it is a false positive.
///
/// @param iou_threshold in (0, 1]
/// @return in [0, 1]; 0 if no image has a face that counts
/// @throws Error(invalid_argument) for an impossible threshold or a score that is NaN
/// Thread safe.
[[nodiscard]] double average_precision(std::span<const ImageEvaluation> images,
                                       float iou_threshold = 0.5F);

/// The form of VOC 2007 and before: the mean of the highest precision at recalls of at least 0, 0.1
/// ... 1. Otherwise as average_precision. (Recalls are compared exactly; some programs count in
/// steps of 0.1, which is not a tenth in binary.)
[[nodiscard]] double eleven_point_precision(std::span<const ImageEvaluation> images,
                                            float iou_threshold = 0.5F);

/// A detection that counts.
struct RankedDetection {
  float score = 0;
  std::size_t image = 0;
  bool hit = false;  ///< a found face; otherwise a false positive
};

/// All detections that count, by descending score: the ranking behind average_precision().
/// @throws Error as average_precision. Thread safe.
[[nodiscard]] std::vector<RankedDetection> ranked_detections(
    std::span<const ImageEvaluation> images, float iou_threshold = 0.5F);

/// The result of reporting only detections with at least a given score.
struct OperatingPoint {
  std::size_t faces = 0;         ///< faces that count
  std::size_t found = 0;         ///< of those, by the rules of average_precision
  std::size_t false_alarms = 0;  ///< detections that neither find a face nor are excused

  [[nodiscard]] double recall() const;     ///< 0 if there are no faces
  [[nodiscard]] double precision() const;  ///< 1 if nothing was detected
};

/// @throws Error as average_precision. Thread safe.
[[nodiscard]] OperatingPoint operating_point(std::span<const ImageEvaluation> images,
                                             float score_threshold, float iou_threshold = 0.5F);

/// Counts and shares at thresholds from 0 to 1 in equal steps; all of the same length.
struct PrecisionRecallCurve {
  std::vector<double> thresholds;
  std::vector<double> true_positives, false_positives, false_negatives;
  std::vector<double> precision, recall;  ///< precision is 1 if nothing is detected
};

/// The operating points at `points` thresholds. @param points >= 2
/// @throws Error as average_precision. Thread safe.
[[nodiscard]] PrecisionRecallCurve precision_recall_curve(std::span<const ImageEvaluation> images,
                                                          std::size_t points = 101,
                                                          float iou_threshold = 0.5F);

/// A found face: indices into the lists of ImageEvaluation.
struct MatchedFace {
  std::size_t image = 0, detection = 0, face = 0;
};

/// The faces found by detections with at least this score, by the rules of average_precision; by
/// descending score. @throws Error as average_precision. Thread safe.
[[nodiscard]] std::vector<MatchedFace> matched_faces(std::span<const ImageEvaluation> images,
                                                     float score_threshold,
                                                     float iou_threshold = 0.5F);

/// Whether a detection is right.
enum class DetectionVerdict {
  true_positive,   ///< the first to find its face
  false_positive,  ///< no face, or one found before
  ignored,         ///< does not count
};

/// The verdict on each detection of an image by the rules of average_precision, in the order of
/// `image.detections`. @throws Error as average_precision. Thread safe.
[[nodiscard]] std::vector<DetectionVerdict> verdicts(const ImageEvaluation& image,
                                                     float iou_threshold = 0.5F);

/// Area under the precision envelope (VOC's `VOCap`): precision made monotonic from the right,
/// summed where recall increases.
/// @param recall increasing, in [0, 1] @param precision same length, in [0, 1]
[[nodiscard]] double area_under_envelope(std::span<const double> recall,
                                         std::span<const double> precision);

}  // namespace faceshot::evaluate
