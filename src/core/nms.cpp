#include "faceshot/nms.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot {

std::vector<std::size_t> nms(std::span<const Detection> detections, float iou_threshold,
                             std::size_t keep_top) {
  std::vector<std::size_t> order;
  order.reserve(detections.size());
  for (std::size_t i = 0; i < detections.size(); ++i)
    if (!std::isnan(detections[i].score)) order.push_back(i);
  // Ties by index: std::sort alone would leave their order to the implementation.
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return detections[a].score != detections[b].score ? detections[a].score > detections[b].score
                                                      : a < b;
  });

  std::vector<std::size_t> kept;
  for (const std::size_t candidate : order) {
    const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](std::size_t k) {
      return detections[k].label == detections[candidate].label &&
             iou(detections[k].box, detections[candidate].box) > iou_threshold;
    });
    if (suppressed) continue;
    kept.push_back(candidate);
    if (keep_top > 0 && kept.size() == keep_top) break;
  }
  return kept;
}

}  // namespace faceshot
