// Adds a detector's detections to the labels of one image.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::data {

struct PseudoLabelOptions {
  float accept = 0.7F;   ///< a detection with at least this score is a face
  float ignore = 0.3F;   ///< one with at least this, but less than `accept`, an ignore region
  float overlap = 0.3F;  ///< IoU above which a detection and a label are the same object
};

/// @throws Error(invalid_argument) unless 0 < ignore <= accept <= 1 and 0 < overlap <= 1
void validate(const PseudoLabelOptions& options);

struct PseudoLabels {
  /// The existing labels, unchanged and in their order, except a detector's, which are removed;
  /// then the new ones by descending score, marked as a detector's. Faces first.
  std::vector<geometry::Annotation> annotations;
  std::size_t faces = 0;     ///< added
  std::size_t doubtful = 0;  ///< ignore regions added
  std::size_t known = 0;     ///< detections that overlap a label, or a face with a higher score
  std::size_t replaced = 0;  ///< removed labels of an earlier detector
};

/// A detection that overlaps a person's label or a more certain detection that became a face (IoU
/// of `overlap`, or half of the detection inside it: a part of a face, or a face in an ignore
/// region) adds nothing. With suppression within classes, only labels of its own class count.
/// @param labels of the image @param found by the detector, in any order, in pixels of the image
/// @param width, height of the image: boxes are clipped to it, and those that become empty add
/// nothing
/// @pre validate(options) @param class_ids class id in the set for each label of the detector
/// @param suppression the detector's. Across classes, an object has only one class, and if one of
///        several is doubtful all are, so the region gets any_class
/// Thread safe.
[[nodiscard]] PseudoLabels pseudo_labels(std::span<const geometry::Annotation> labels,
                                         std::span<const Detection> found, int width, int height,
                                         std::span<const int> class_ids, Suppression suppression,
                                         const PseudoLabelOptions& options);

}  // namespace faceshot::data
