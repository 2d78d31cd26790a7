#include "evaluate/wider_matching.hpp"

#include <algorithm>

namespace faceshot::evaluate {

ScoredBox to_scored_box(const Detection& detection) {
  const geometry::Xywh b = geometry::to_xywh(detection.box);
  return {b.x, b.y, b.w, b.h, detection.score};
}

// The order of operations is also the official one, so that overlaps of exactly 0.5 fall on the
// same side.
double wider_iou(const geometry::Xywh& face, const ScoredBox& box) {
  const double ax1 = face.x, ay1 = face.y;
  const double ax2 = ax1 + face.w, ay2 = ay1 + face.h;
  const double bx2 = box.x + box.w, by2 = box.y + box.h;
  const double w = std::min(ax2, bx2) - std::max(ax1, box.x) + 1;
  const double h = std::min(ay2, by2) - std::max(ay1, box.y) + 1;
  if (w <= 0 || h <= 0) return 0;
  const double shared = w * h;
  const double face_area = (ax2 - ax1 + 1) * (ay2 - ay1 + 1);
  const double box_area = (bx2 - box.x + 1) * (by2 - box.y + 1);
  return shared / (face_area + box_area - shared);
}

std::vector<WiderMatch> match_wider(std::span<const geometry::Xywh> faces,
                                    std::span<const ScoredBox> boxes) {
  std::vector<WiderMatch> matches;
  matches.reserve(boxes.size());
  for (std::size_t d = 0; d < boxes.size(); ++d) {
    WiderMatch match{d, boxes[d].score, 0, 0};
    for (std::size_t i = 0; i < faces.size(); ++i) {
      const double overlap = wider_iou(faces[i], boxes[d]);
      if (overlap > match.iou) {
        match.iou = overlap;
        match.face = i;
      }
    }
    matches.push_back(match);
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const WiderMatch& a, const WiderMatch& b) { return a.score > b.score; });
  return matches;
}

}  // namespace faceshot::evaluate
