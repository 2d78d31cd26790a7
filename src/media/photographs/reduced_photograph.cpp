#include "media/photographs/reduced_photograph.hpp"

#include <algorithm>

#include "geometry/move_landmarks.hpp"

namespace faceshot::media {

int reduced_side(const Detector& detector) {
  if (detector.options().max_side == 0) return 0;
  constexpr int large = 4096;  // longer than any network input
  const InputSize size = detector.input_size(large, large * 3 / 4);
  return std::max(size.width, size.height);
}

void scale_detection(Detection& d, const PhotographInfo& whole) {
  const auto scale_x = static_cast<float>(whole.scale_x);
  const auto scale_y = static_cast<float>(whole.scale_y);
  d.box =
      intersect({d.box.x1 * scale_x, d.box.y1 * scale_y, d.box.x2 * scale_x, d.box.y2 * scale_y},
                {0, 0, static_cast<float>(whole.width), static_cast<float>(whole.height)});
  if (d.landmarks) geometry::scale(*d.landmarks, scale_x, scale_y);
}

void scale_detections(std::vector<Detection>& detections, const PhotographInfo& whole) {
  for (Detection& d : detections) scale_detection(d, whole);
  std::erase_if(detections, [](const Detection& d) { return !d.box.valid(); });
}

}  // namespace faceshot::media
