#include "faceshot/nms.hpp"

#include <algorithm>
#include <cmath>

namespace faceshot {
inline namespace v0_1 {

std::span<const std::size_t> Nms::run(std::span<const Detection> detections, float iou_threshold,
                                      std::size_t keep_top, Suppression suppression,
                                      std::span<const float> lowest) {
  const bool across = suppression == Suppression::across_classes;
  const auto may_be_kept = [&](const Detection& d) {
    if (lowest.empty()) return true;
    return d.score >= lowest[lowest.size() > 1 ? static_cast<std::size_t>(d.label) : 0];
  };
  order_.clear();
  for (std::size_t i = 0; i < detections.size(); ++i)
    if (!std::isnan(detections[i].score)) order_.push_back({detections[i].score, i});
  // Ties by index: std::sort alone would leave their order to the implementation.
  std::sort(order_.begin(), order_.end(), [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });

  kept_.clear();
  droppers_.assign(detections.size(), none);
  for (const auto& [score, candidate] : order_) {
    const Detection& other = detections[candidate];
    const auto overlaps = [&](std::size_t k) {
      // Most pairs have nothing in common: that is found without a division.
      const Box& box = detections[k].box;
      if (!intersect(box, other.box).valid()) return iou_threshold < 0;
      return iou(box, other.box) > iou_threshold;
    };
    // Two loops, since testing `across` for each pair costs a tenth of the time.
    const auto dropper = across ? std::find_if(kept_.begin(), kept_.end(), overlaps)
                                : std::find_if(kept_.begin(), kept_.end(), [&](std::size_t k) {
                                    return detections[k].label == other.label && overlaps(k);
                                  });
    if (dropper != kept_.end()) {
      droppers_[candidate] = *dropper;
      continue;
    }
    if (!may_be_kept(other)) continue;
    droppers_[candidate] = candidate;
    kept_.push_back(candidate);
    if (keep_top > 0 && kept_.size() == keep_top) break;
  }
  return kept_;
}

std::vector<std::size_t> nms(std::span<const Detection> detections, float iou_threshold,
                             std::size_t keep_top, Suppression suppression) {
  Nms once;
  const auto kept = once.run(detections, iou_threshold, keep_top, suppression);
  return {kept.begin(), kept.end()};
}

}  // namespace v0_1
}  // namespace faceshot
