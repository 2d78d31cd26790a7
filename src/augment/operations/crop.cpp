#include "augment/operations/crop.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace faceshot::augment {
namespace {

constexpr int square_attempts = 10;
constexpr int ssd_attempts = 50;

double log_uniform(base::Random& random, double low, double high) {
  return low * std::pow(high / low, static_cast<double>(random.uniform()));
}

/// A random start of a window along one axis. The window extends beyond [0, extent] only if it is
/// longer than that, and contains [from, to]. @pre 0 <= from <= to <= extent, to - from <= side
double place(base::Random& random, double extent, double side, double from, double to) {
  assert(0 <= from && from <= to && to <= extent);
  const double low = std::max(std::min(0.0, extent - side), to - side);
  const double high = std::min(std::max(0.0, extent - side), from);
  return low + std::max(0.0, high - low) * static_cast<double>(random.uniform());
}

/// At any position.
double place(base::Random& random, double extent, double side) {
  const double low = std::min(0.0, extent - side);
  const double high = std::max(0.0, extent - side);
  return low + (high - low) * static_cast<double>(random.uniform());
}

std::vector<Box> sought_boxes(const CropSource& source) {
  std::vector<Box> boxes;
  for (const auto& annotation : source.annotations)
    if (is_sought(annotation)) boxes.push_back(annotation.box);
  return boxes;
}

double aimed_side(const Box& face, const AnchorCrop& options, base::Random& random) {
  const double face_side = std::sqrt(static_cast<double>(face.area()));
  const auto& sizes = options.sizes;
  // Nearest by ratio, since sizes are spaced by ratios.
  const auto distance = [face_side](float size) {
    return std::abs(std::log(face_side / static_cast<double>(size)));
  };
  const auto nearest = std::min_element(
      sizes.begin(), sizes.end(), [&](float a, float b) { return distance(a) < distance(b); });
  const auto index = static_cast<std::uint32_t>(nearest - sizes.begin());
  const auto choices = std::min(index + 2, static_cast<std::uint32_t>(sizes.size()));
  const double chosen = sizes[random.below(choices)];
  const double target = chosen * std::exp2(static_cast<double>(random.uniform(-0.5F, 0.5F)));
  return options.size * face_side / target;
}

}  // namespace

bool is_sought(const geometry::Annotation& annotation) noexcept {
  return !annotation.ignore && annotation.box.valid();
}

Window square_crop(const CropSource& source, float share_min, float share_max, double smallest,
                   base::Random& random) {
  const double shorter = std::min(source.width, source.height);
  const auto faces = sought_boxes(source);
  Window window;
  for (int attempt = 0; attempt < square_attempts; ++attempt) {
    const double side =
        std::max(shorter * log_uniform(random, share_min, share_max), std::min(smallest, shorter));
    window.width = window.height = side;
    window.x = place(random, source.width, side);
    window.y = place(random, source.height, side);
    const auto holds = [&window](const Box& face) {
      return window.contains(face.center_x(), face.center_y());
    };
    if (faces.empty() || std::any_of(faces.begin(), faces.end(), holds)) break;
  }
  return window;
}

Window square_around(const CropSource& source, double ratio, base::Random& random) {
  const double side = std::max(source.width, source.height) * ratio;
  const double x = place(random, source.width, side);
  const double y = place(random, source.height, side);
  return {x, y, side, side};
}

Window anchor_crop(const CropSource& source, const AnchorCrop& options, base::Random& random) {
  const auto faces = sought_boxes(source);
  assert(!faces.empty());
  const double longer = std::max(source.width, source.height);
  const double smallest = static_cast<double>(options.size) / options.magnify_max;
  const double largest = std::max(smallest, longer * options.expand_max);
  const Box& face = faces[random.below(static_cast<std::uint32_t>(faces.size()))];
  const double whole = std::max(face.width(), face.height());
  const double side =
      std::min(std::max({aimed_side(face, options, random), smallest, whole}), largest);
  const double x = place(random, source.width, side, face.x1, face.x2);
  const double y = place(random, source.height, side, face.y1, face.y2);
  return {x, y, side, side};
}

Window ssd_crop(const CropSource& source, float min_iou, float scale_min, float scale_max,
                base::Random& random) {
  const Window whole{0, 0, static_cast<double>(source.width), static_cast<double>(source.height)};
  const auto faces = sought_boxes(source);
  if (faces.empty()) return whole;
  for (int attempt = 0; attempt < ssd_attempts; ++attempt) {
    const double width =
        std::max(1.0, source.width * static_cast<double>(random.uniform(scale_min, scale_max)));
    const double height =
        std::max(1.0, source.height * static_cast<double>(random.uniform(scale_min, scale_max)));
    if (width > 2 * height || height > 2 * width) continue;
    const double x = place(random, source.width, width);
    const double y = place(random, source.height, height);
    const Box patch{static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + width),
                    static_cast<float>(y + height)};
    const auto overlaps = [&](const Box& face) { return iou(face, patch) >= min_iou; };
    if (std::any_of(faces.begin(), faces.end(), overlaps)) return {x, y, width, height};
  }
  return whole;
}

}  // namespace faceshot::augment
