#include "data/check/check_boxes.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

namespace faceshot::data {
namespace {

using geometry::Annotation;

constexpr float rounding = 0.01F;

std::string text_of(const Box& box) {
  return fmt::format("{:.6g},{:.6g} - {:.6g},{:.6g}", static_cast<double>(box.x1),
                     static_cast<double>(box.y1), static_cast<double>(box.x2),
                     static_cast<double>(box.y2));
}

bool reaches_beyond(const Box& box, const Box& frame) {
  return box.x1 < frame.x1 - rounding || box.y1 < frame.y1 - rounding ||
         box.x2 > frame.x2 + rounding || box.y2 > frame.y2 + rounding;
}

/// Whether a point is more than a face's width or height away from its box.
bool are_far(const Landmarks& points, const Box& box) {
  const float dx = box.width(), dy = box.height();
  return std::any_of(points.begin(), points.end(), [&](const Point& p) {
    return p.x < box.x1 - dx || p.x > box.x2 + dx || p.y < box.y1 - dy || p.y > box.y2 + dy;
  });
}

}  // namespace

bool look_like_xywh(const RawSet& set) {
  std::size_t boxes = 0, wrong_as_corners = 0, right_as_size = 0;
  for (const RawImage& image : set.images)
    for (const RawBox& b : image.boxes) {
      const Box& v = b.annotation.box;
      ++boxes;
      wrong_as_corners += v.x2 <= v.x1 || v.y2 <= v.y1 ? 1 : 0;
      right_as_size += v.x1 >= 0 && v.y1 >= 0 && v.x2 > 0 && v.y2 > 0 &&
                               v.x1 + v.x2 <= static_cast<float>(image.width) + 1 &&
                               v.y1 + v.y2 <= static_cast<float>(image.height) + 1
                           ? 1
                           : 0;
    }
  constexpr std::size_t fewest = 3;  // a single typing error is not a pattern
  return wrong_as_corners >= fewest && wrong_as_corners * 5 >= boxes &&
         right_as_size * 20 >= boxes * 19;
}

bool look_normalised(const RawImage& image) {
  constexpr float most = 1.001F;
  return !image.boxes.empty() && image.width > 4 && image.height > 4 &&
         std::all_of(image.boxes.begin(), image.boxes.end(), [](const RawBox& b) {
           const Box& v = b.annotation.box;
           return v.valid() && v.x1 >= -0.001F && v.y1 >= -0.001F && v.x2 <= most && v.y2 <= most;
         });
}

std::vector<Annotation> check_boxes(const std::vector<RawBox>& boxes, int width, int height,
                                    std::size_t classes, float min_side, const ReportBox& report) {
  const Box frame{0, 0, static_cast<float>(width), static_cast<float>(height)};
  std::vector<Annotation> kept;
  for (const RawBox& raw : boxes) {
    Annotation a = raw.annotation;
    const bool of_all = a.ignore && a.class_id == geometry::any_class;
    if (of_all && classes == 1) a.class_id = 0;
    if (!of_all && (a.class_id < 0 || static_cast<std::size_t>(a.class_id) >= classes)) {
      (void)report(Problem::unknown_class, raw, "class " + std::to_string(a.class_id));
      continue;
    }
    if (a.box.x1 > a.box.x2 || a.box.y1 > a.box.y2) {
      (void)report(Problem::swapped_corners, raw, text_of(a.box));
      if (a.box.x1 > a.box.x2) std::swap(a.box.x1, a.box.x2);
      if (a.box.y1 > a.box.y2) std::swap(a.box.y1, a.box.y2);
    }
    if (!a.box.valid()) {
      (void)report(Problem::empty_box, raw, text_of(a.box));
      continue;
    }
    const Box inside = clip(a.box, frame.x2, frame.y2);
    if (!inside.valid()) {
      (void)report(Problem::box_outside, raw,
                   text_of(a.box) + " in an image of " + std::to_string(width) + "x" +
                       std::to_string(height));
      continue;
    }
    if (reaches_beyond(a.box, frame))
      (void)report(Problem::box_beyond_edge, raw,
                   text_of(a.box) + " in an image of " + std::to_string(width) + "x" +
                       std::to_string(height));
    a.box = inside;
    if (std::any_of(kept.begin(), kept.end(),
                    [&](const Annotation& other) {
                      return other.box == a.box && other.class_id == a.class_id;
                    }) &&
        report(Problem::doubled_box, raw, text_of(a.box)))
      continue;
    if (!a.ignore && std::min(a.box.width(), a.box.height()) < min_side &&
        report(Problem::tiny_face, raw, text_of(a.box)))
      a.ignore = true;
    if (a.landmarks && are_far(*a.landmarks, a.box) &&
        report(Problem::far_landmarks, raw, "of the face at " + text_of(a.box)))
      a.landmarks.reset();
    kept.push_back(std::move(a));
  }
  return kept;
}

}  // namespace faceshot::data
