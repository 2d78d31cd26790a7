// Greedy non-maximum suppression.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/detection.hpp"

namespace faceshot {
inline namespace v0_1 {

/// Which boxes compete: those of one class alone, or all, where nothing is of two classes at once.
enum class Suppression { within_classes, across_classes };

/// Keeps the best box of every group that overlaps by more than `iou_threshold`.
///
/// Deterministic: boxes are visited by falling score, equal scores in the order given.
/// @param detections in any order
/// @param suppression which boxes compete
/// @param iou_threshold in [0, 1]; a box is dropped if its IoU with a kept one is greater
/// @param keep_top at most so many are returned; 0 means all
/// @return indices into `detections`, by falling score
/// Thread safe. Detections with a NaN score are dropped.
[[nodiscard]] std::vector<std::size_t> nms(std::span<const Detection> detections,
                                           float iou_threshold, std::size_t keep_top = 0,
                                           Suppression suppression = Suppression::within_classes);

/// The same for one image after another: what it needs of memory it keeps, so that nothing is
/// allocated once the largest image was seen. Not thread safe.
class Nms {
 public:
  /// @param detections, iou_threshold, keep_top, suppression as nms()
  /// @param lowest scores from which a detection may be kept, of each class or one for all; lower
  ///        ones drop none. Empty: all may
  /// @return indices into `detections`, by falling score; valid until the next call
  std::span<const std::size_t> run(std::span<const Detection> detections, float iou_threshold,
                                   std::size_t keep_top = 0,
                                   Suppression suppression = Suppression::within_classes,
                                   std::span<const float> lowest = {});

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  /// Of the last run, for each detection: the index of the one that dropped it, the best-scored of
  /// those kept that overlap it by more than the threshold; its own where it was kept; `none` where
  /// its score is NaN, nobody dropped it but it was too low, or keep_top ended the run before.
  /// Valid until the next run.
  [[nodiscard]] std::span<const std::size_t> droppers() const { return droppers_; }

 private:
  std::vector<std::size_t> order_, kept_, droppers_;
};

}  // namespace v0_1
}  // namespace faceshot
