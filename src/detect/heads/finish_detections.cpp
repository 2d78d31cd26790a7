#include "detect/heads/finish_detections.hpp"

namespace faceshot::detect {

float InputSource::scale_x() const {
  return static_cast<float>(image_width) / static_cast<float>(size.content_width);
}

float InputSource::scale_y() const {
  return static_cast<float>(image_height) / static_cast<float>(size.content_height);
}

void finish_detections(std::span<const Detection> candidates, const InputSource& source,
                       const Box& bounds, float nms_threshold, std::size_t keep_top,
                       Suppression suppression, Nms& nms, std::vector<Detection>& found) {
  const float scale_x = source.scale_x();
  const float scale_y = source.scale_y();
  const Box image{0, 0, static_cast<float>(source.image_width),
                  static_cast<float>(source.image_height)};
  const auto kept = nms.run(candidates, nms_threshold, keep_top, suppression);
  found.clear();
  found.reserve(kept.size());
  for (const std::size_t i : kept) {
    Detection d = candidates[i];
    d.box = {d.box.x1 * scale_x, d.box.y1 * scale_y, d.box.x2 * scale_x, d.box.y2 * scale_y};
    if (!intersect(d.box, image).valid()) continue;  // it lay in the padding
    d.box = intersect(d.box, bounds);
    if (d.landmarks)
      for (std::size_t k = 0; k < d.landmarks->size(); k += 2) {
        (*d.landmarks)[k] *= scale_x;
        (*d.landmarks)[k + 1] *= scale_y;
      }
    found.push_back(d);
  }
}

}  // namespace faceshot::detect
