#include "detect/heads/finish_detections.hpp"
#include "geometry/move_landmarks.hpp"

namespace faceshot::detect {

float InputSource::scale_x() const {
  return static_cast<float>(image_width) / static_cast<float>(size.content_width);
}

float InputSource::scale_y() const {
  return static_cast<float>(image_height) / static_cast<float>(size.content_height);
}

namespace {

/// Maps it into the image, clipped to `bounds`. @return whether anything is left
bool place(const InputSource& source, const Box& bounds, Detection& d) {
  const float scale_x = source.scale_x();
  const float scale_y = source.scale_y();
  const Box image{0, 0, static_cast<float>(source.image_width),
                  static_cast<float>(source.image_height)};
  d.box = {d.box.x1 * scale_x, d.box.y1 * scale_y, d.box.x2 * scale_x, d.box.y2 * scale_y};
  if (!intersect(d.box, image).valid()) return false;  // it was in the padding
  d.box = intersect(d.box, bounds);
  if (d.landmarks) geometry::scale(*d.landmarks, scale_x, scale_y);
  return true;
}

}  // namespace

void finish_detections(std::span<const Detection> candidates, const InputSource& source,
                       const Box& bounds, std::span<const float> thresholds, const Finish& finish,
                       FinishBuffers& buffers, std::vector<Detection>& found) {
  found.clear();
  // Voting lowers scores and may change the order: all are kept until then.
  const auto kept =
      buffers.nms.run(candidates, finish.nms_threshold, finish.box_voting ? 0 : finish.keep_top,
                      finish.suppression, thresholds);
  found.reserve(kept.size());
  if (!finish.box_voting) {
    for (const std::size_t i : kept)
      if (Detection d = candidates[i]; place(source, bounds, d)) found.push_back(d);
    return;
  }
  for (Detection d : buffers.voting.run(candidates, kept, buffers.nms.droppers())) {
    if (finish.keep_top > 0 && found.size() == finish.keep_top) break;
    const std::size_t c = thresholds.size() > 1 ? static_cast<std::size_t>(d.label) : 0;
    if (d.score >= thresholds[c] && place(source, bounds, d)) found.push_back(d);
  }
}

}  // namespace faceshot::detect
