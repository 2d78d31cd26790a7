// Detections in a set of photographs compared with its labels, and the resulting figures: one
// pipeline for `faceshot evaluate --protocol voc` and for validation during training.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluate/ap_by_height.hpp"
#include "evaluate/average_precision.hpp"
#include "evaluate/landmark_error.hpp"
#include "faceshot/nms.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::evaluate {

/// Immutable, so thread safe.
class Comparison {
 public:
  /// @param records must outlive this @param detections as many lists, in the same pixels
  /// @param min_face faces with a shorter side below this are ignored
  /// @throws Error(invalid_argument) if the numbers differ
  Comparison(std::span<const geometry::ImageRecord> records,
             std::vector<std::vector<Detection>> detections, double min_face = 0);
  Comparison(const Comparison&) = delete;  // images() refer to this
  Comparison& operator=(const Comparison&) = delete;

  [[nodiscard]] std::span<const ImageEvaluation> images() const { return images_; }
  [[nodiscard]] const std::vector<std::vector<Detection>>& detections() const {
    return detections_;
  }

  /// Faces found at this threshold that have landmarks both in the labels and from the network.
  [[nodiscard]] std::vector<LandmarkPair> landmark_pairs(float score) const;

 private:
  std::span<const geometry::ImageRecord> records_;
  std::vector<std::vector<Detection>> detections_;
  std::vector<std::vector<GroundTruthBox>> truth_;
  std::vector<ImageEvaluation> images_;
};

/// All figures of PASCAL VOC's protocol for a set.
struct SetFigures {
  double ap = 0;         ///< average_precision()
  ApByHeight by_height;  ///< ap_by_height()
  OperatingPoint shown;  ///< at the threshold
  LandmarkError points;  ///< of the faces found at the threshold
};

/// @throws Error(invalid_argument) for a score that is NaN
[[nodiscard]] SetFigures figures_of(const Comparison& comparison, float score);

/// False positives on photographs without faces, at the score at which a detector finds
/// alarm_recall of another set's faces of at least alarm_height pixels.
class FalseAlarms {
 public:
  /// @throws Error as ap_by_height
  explicit FalseAlarms(const Comparison& faces)
      : point_(score_at_recall(faces.images(), alarm_height, alarm_recall)) {}

  /// Adds one set.
  void add(const Comparison& negatives);

  [[nodiscard]] const RecallPoint& point() const { return point_; }
  [[nodiscard]] std::size_t images() const { return images_; }
  [[nodiscard]] double per_image() const;  ///< 0 if there are no images

 private:
  RecallPoint point_;
  std::size_t images_ = 0;
  double alarms_ = 0;
};

}  // namespace faceshot::evaluate
