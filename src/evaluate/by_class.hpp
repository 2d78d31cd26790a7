// Measures a detector of several classes class by class, with a confusion matrix. Thread
// safe.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "evaluate/comparison.hpp"

namespace faceshot::evaluate {

/// A set and its detections, split by class: image i of class c is at
/// c * images + i. Ignored boxes belong only to their own class, as in COCO's crowds and VOC's
/// difficult ones; those of any_class belong to all.
struct ByClass {
  std::size_t images = 0, classes = 1;
  std::vector<geometry::ImageRecord> records;      ///< images times classes
  std::vector<std::vector<Detection>> detections;  ///< the same number of lists
};

/// @param classes of the network, whose ids the records also use; with one, nothing changes
/// @throws Error(invalid_argument) if there are not as many lists as records
[[nodiscard]] ByClass by_class(std::span<const geometry::ImageRecord> records,
                               std::vector<std::vector<Detection>> detections, std::size_t classes);

struct ClassFigures {
  std::vector<SetFigures> of;  ///< by class
  /// Means over the classes that have faces (above each height), like VOC's and COCO's mAP; counts
  /// and landmarks of all classes together.
  SetFigures all;
};

/// @param pooled over `set`'s records and detections, in their order
/// @param min_face as for Comparison
/// @throws Error as figures_of
[[nodiscard]] ClassFigures figures_by_class(const Comparison& pooled, const ByClass& set,
                                            float score, double min_face = 0);

/// Mean of a figure over the classes that have faces; with one class, the figure itself.
/// @param figure of the images of one class
[[nodiscard]] double mean_over_classes(
    const Comparison& pooled, const ByClass& set,
    const std::function<double(std::span<const ImageEvaluation>)>& figure);

/// Confusion matrix. One row per actual class, plus a last one for background; one column per
/// detected class, plus a last one for faces without a detection.
struct Confusion {
  std::size_t classes = 0;
  std::vector<std::size_t> counts;  ///< (classes + 1)^2, row-major

  [[nodiscard]] std::size_t at(std::size_t row, std::size_t column) const {
    return counts[row * (classes + 1) + column];
  }
};

/// Each detection with at least the given score takes, by descending score, the free face that it
/// overlaps most, whatever its class; those that an ignored box of their class excuses
/// (is_excused()) do not count.
/// @param iou_threshold minimum overlap, in (0, 1]
/// @throws Error(invalid_argument) if there are not as many lists as records, or for a label or
///         class id that is not below `classes`
[[nodiscard]] Confusion confusion_of(std::span<const geometry::ImageRecord> records,
                                     const std::vector<std::vector<Detection>>& detections,
                                     std::size_t classes, float score, float iou_threshold = 0.5F);

}  // namespace faceshot::evaluate
