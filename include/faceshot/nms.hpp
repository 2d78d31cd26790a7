// Greedy non-maximum suppression.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/detection.hpp"

namespace faceshot {
inline namespace v0_1 {

/// Which boxes compete: those of the same class, or all, if boxes have one class only.
enum class Suppression { within_classes, across_classes };

/// Keeps the best box of every group that overlaps by more than `iou_threshold`.
///
/// Deterministic: boxes are visited by descending score, equal scores in the order given.
/// @param detections in any order
/// @param suppression which boxes compete
/// @param iou_threshold in [0, 1]; a box is dropped if its IoU with a kept one is greater
/// @param keep_top maximum number returned; 0 means all
/// @return indices into `detections`, by descending score
/// Thread safe. Detections with a NaN score are dropped.
[[nodiscard]] std::vector<std::size_t> nms(std::span<const Detection> detections,
                                           float iou_threshold, std::size_t keep_top = 0,
                                           Suppression suppression = Suppression::within_classes);

/// The same for a sequence of images: it keeps its memory, so that nothing is allocated once
/// the largest image has been seen. Not thread safe.
class Nms {
 public:
  /// @param detections, iou_threshold, keep_top, suppression as nms()
  /// @param lowest minimum scores for keeping a detection, per class or one for all; lower ones
  /// suppress none. Empty: no minimum
  /// @return indices into `detections`, by descending score; valid until the next call
  std::span<const std::size_t> run(std::span<const Detection> detections, float iou_threshold,
                                   std::size_t keep_top = 0,
                                   Suppression suppression = Suppression::within_classes,
                                   std::span<const float> lowest = {});

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  /// Of the last run, for each detection: the index of the one that suppressed it, the best-scored
  /// of those kept that overlap it by more than the threshold; its own if it was kept; `none` if
  /// its score is NaN, it was too low without being suppressed, or keep_top ended the run first.
  /// Valid until the next run.
  [[nodiscard]] std::span<const std::size_t> droppers() const { return droppers_; }

 private:
  struct Candidate {
    float score;
    std::size_t index;
  };
  std::vector<Candidate> order_;
  std::vector<std::size_t> kept_, droppers_;
};

}  // namespace v0_1
}  // namespace faceshot
