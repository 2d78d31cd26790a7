#include "augment/crop.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace faceshot {
namespace {

constexpr int crop_attempts = 10;

double log_uniform(Random& random, double low, double high) {
  return low * std::pow(high / low, static_cast<double>(random.uniform()));
}

/// Start of a window along one axis, at random. It reaches outside [0, extent] only if it is longer
/// than that, and holds [from, to]. @pre 0 <= from <= to <= extent, to - from <= side
double place(Random& random, double extent, double side, double from, double to) {
  const double low = std::max(std::min(0.0, extent - side), to - side);
  const double high = std::min(std::max(0.0, extent - side), from);
  return low + std::max(0.0, high - low) * static_cast<double>(random.uniform());
}

/// Anywhere.
double place(Random& random, double extent, double side) {
  const double low = std::min(0.0, extent - side);
  const double high = std::max(0.0, extent - side);
  return low + (high - low) * static_cast<double>(random.uniform());
}

double aimed_side(const Box& face, const AugmentOptions& options, Random& random) {
  const double face_side = std::sqrt(static_cast<double>(face.area()));
  const auto& sizes = options.anchor_sizes;
  // Nearest in ratio: sizes are spaced by ratios.
  const auto distance = [face_side](float size) {
    return std::abs(std::log(face_side / static_cast<double>(size)));
  };
  const auto nearest = std::min_element(
      sizes.begin(), sizes.end(), [&](float a, float b) { return distance(a) < distance(b); });
  const auto index = static_cast<std::uint32_t>(nearest - sizes.begin());
  const auto choices = std::min(index + 2, static_cast<std::uint32_t>(sizes.size()));
  const double target = static_cast<double>(sizes[random.below(choices)]) *
                        std::exp2(static_cast<double>(random.uniform(-0.5F, 0.5F)));
  return options.size * face_side / target;
}

}  // namespace

CropWindow choose_crop(int width, int height, std::span<const Annotation> annotations,
                       const AugmentOptions& options, Random& random) {
  const double longer = std::max(width, height);
  const double shorter = std::min(width, height);
  const double smallest = static_cast<double>(options.size) / options.magnify_max;
  const double largest = std::max(smallest, longer * options.expand_max);

  std::vector<const Annotation*> faces;
  for (const auto& annotation : annotations) {
    if (!annotation.ignore && annotation.box.valid()) faces.push_back(&annotation);
  }

  const bool aim = random.chance(options.anchor_chance);
  if (aim && !faces.empty()) {
    const Box& face = faces[random.below(static_cast<std::uint32_t>(faces.size()))]->box;
    const double whole = std::max(face.width(), face.height());
    const double side =
        std::min(std::max({aimed_side(face, options, random), smallest, whole}), largest);
    const double x = place(random, width, side, face.x1, face.x2);
    const double y = place(random, height, side, face.y1, face.y2);
    return {x, y, side};
  }

  if (random.chance(options.expand_chance)) {
    const double side = longer * static_cast<double>(random.uniform(1.0F, options.expand_max));
    const double x = place(random, width, side);
    const double y = place(random, height, side);
    return {x, y, side};
  }

  CropWindow window;
  for (int attempt = 0; attempt < crop_attempts; ++attempt) {
    const double side = shorter * log_uniform(random, options.crop_min, options.crop_max);
    window.side = std::max(side, std::min(smallest, shorter));
    window.x = place(random, width, window.side);
    window.y = place(random, height, window.side);
    const auto holds = [&window](const Annotation* face) {
      return window.contains(face->box.center_x(), face->box.center_y());
    };
    if (faces.empty() || std::any_of(faces.begin(), faces.end(), holds)) break;
  }
  return window;
}

}  // namespace faceshot
