#include "augment/geometry.hpp"

#include <algorithm>
#include <utility>

namespace faceshot {
namespace {

float map_coordinate(float value, double origin, double scale) noexcept {
  return static_cast<float>((static_cast<double>(value) - origin) * scale);
}

}  // namespace

Box map_box(const Box& box, const CropWindow& window, int size, bool flip) noexcept {
  const double scale = size / window.side;
  Box mapped{map_coordinate(box.x1, window.x, scale), map_coordinate(box.y1, window.y, scale),
             map_coordinate(box.x2, window.x, scale), map_coordinate(box.y2, window.y, scale)};
  if (flip) {
    const auto width = static_cast<float>(size);
    mapped.x1 = std::exchange(mapped.x2, width - mapped.x1);
    mapped.x1 = width - mapped.x1;
  }
  return mapped;
}

Landmarks map_landmarks(const Landmarks& points, const CropWindow& window, int size,
                        bool flip) noexcept {
  const double scale = size / window.side;
  Landmarks mapped;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    mapped[i] = map_coordinate(points[i], window.x, scale);
    if (flip) mapped[i] = static_cast<float>(size) - mapped[i];
    mapped[i + 1] = map_coordinate(points[i + 1], window.y, scale);
  }
  if (flip) {
    std::swap_ranges(mapped.begin(), mapped.begin() + 2, mapped.begin() + 2);      // eyes
    std::swap_ranges(mapped.begin() + 6, mapped.begin() + 8, mapped.begin() + 8);  // mouth corners
  }
  return mapped;
}

std::vector<Annotation> map_annotations(std::span<const Annotation> annotations,
                                        const CropWindow& window, bool flip,
                                        const AugmentOptions& options) {
  const auto size = static_cast<float>(options.size);
  std::vector<Annotation> result;
  for (const auto& source : annotations) {
    const Box whole = map_box(source.box, window, options.size, flip);
    const Box visible = clip(whole, size, size);
    const float shorter_side = std::min(visible.width(), visible.height());
    if (!(shorter_side >= 1)) continue;

    Annotation mapped = source;
    mapped.box = visible;
    const bool center_inside = whole.center_x() >= 0 && whole.center_x() < size &&
                               whole.center_y() >= 0 && whole.center_y() < size;
    mapped.ignore = source.ignore || !center_inside ||
                    visible.area() < options.min_visible * whole.area() ||
                    shorter_side < options.min_face;
    if (source.landmarks) {
      mapped.landmarks = map_landmarks(*source.landmarks, window, options.size, flip);
    }
    result.push_back(mapped);
  }
  return result;
}

}  // namespace faceshot
