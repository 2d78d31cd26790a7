// Matches detections to faces like WIDER FACE's tools. Shared by everything that follows this
// protocol. Pure, thread safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "faceshot/nms.hpp"
#include "geometry/box_convert.hpp"

namespace faceshot::evaluate {

/// Left, top, width, height in pixels and a score of any scale. In double, like the official tools:
/// a result file gives the same number here.
struct ScoredBox {
  double x = 0, y = 0, w = 0, h = 0;
  double score = 0;

  friend bool operator==(const ScoredBox&, const ScoredBox&) = default;
};

[[nodiscard]] ScoredBox to_scored_box(const Detection& detection);

/// Minimum IoU of a detection with its face.
inline constexpr double wider_iou_threshold = 0.5;

/// IoU as in `boxoverlap.m`: corners are x and x + w, yet sides count as x2 - x1 + 1.
[[nodiscard]] double wider_iou(const geometry::Xywh& face, const ScoredBox& box);

/// A detection and the face that it overlaps most, the first of equals.
struct WiderMatch {
  std::size_t detection = 0;  ///< index into the list of boxes
  double score = 0;
  std::size_t face = 0;  ///< index into the list of faces; meaningless if `iou` is 0
  double iou = 0;        ///< with that face

  [[nodiscard]] bool is_of_face() const { return iou >= wider_iou_threshold; }
};

/// @return one per box, by descending score, ties in the order given (MATLAB's sort)
[[nodiscard]] std::vector<WiderMatch> match_wider(std::span<const geometry::Xywh> faces,
                                                  std::span<const ScoredBox> boxes);

}  // namespace faceshot::evaluate
