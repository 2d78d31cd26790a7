#include "evaluate/tracks/leak_rate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "evaluate/tracks/mot_frames.hpp"

namespace faceshot::evaluate {
namespace {

/// A grown box, or the ellipse in it.
struct Cover {
  double x = 0, y = 0, half_width = 0, half_height = 0;
  HidingShape shape = HidingShape::box;

  [[nodiscard]] bool covers(double px, double py) const {
    const double u = (px - x) / half_width, v = (py - y) / half_height;
    return shape == HidingShape::box ? std::abs(u) <= 1 && std::abs(v) <= 1 : u * u + v * v <= 1;
  }
};

/// Calls body(x, y) for the centres of the pixels in the ellipse of a box.
template <typename Body>
void each_face_pixel(const MotBox& box, const Body& body) {
  const Cover face{box.left + box.width / 2, box.top + box.height / 2, box.width / 2,
                   box.height / 2, HidingShape::ellipse};
  if (!(box.width > 0 && box.height > 0)) return;
  const auto last = [](double x) { return std::ceil(x); };
  for (double y = std::floor(box.top) + 0.5; y < last(box.top + box.height); ++y)
    for (double x = std::floor(box.left) + 0.5; x < last(box.left + box.width); ++x)
      if (face.covers(x, y)) body(x, y);
}

}  // namespace

LeakRate& LeakRate::operator+=(const LeakRate& o) noexcept {
  pixels += o.pixels;
  leaked += o.leaked;
  faces += o.faces;
  never_found += o.never_found;
  never_found_pixels += o.never_found_pixels;
  hidden_area += o.hidden_area;
  return *this;
}

std::set<std::int64_t> faces_found(const MotSequence& sequence) {
  std::set<std::int64_t> ids;
  each_mot_frame(sequence, [&](int, std::span<const MotBox> truth, std::span<const MotBox> found) {
    for (const MotBox& face : truth)
      if (std::any_of(found.begin(), found.end(),
                      [&](const MotBox& box) { return mot_iou(face, box) >= 0.5; }))
        ids.insert(face.id);
  });
  return ids;
}

LeakRate leak_rate(const MotSequence& sequence, const Hiding& hiding,
                   const std::set<std::int64_t>& found_ids) {
  std::set<std::int64_t> faces;
  for (const MotBox& box : sequence.truth)
    if (box.type == 1 && static_cast<int>(box.confidence) != 0) faces.insert(box.id);
  LeakRate result;
  result.faces = faces.size();
  for (const std::int64_t id : faces) result.never_found += found_ids.contains(id) ? 0 : 1;
  std::vector<Cover> covers;
  each_mot_frame(sequence, [&](int, std::span<const MotBox> truth, std::span<const MotBox> found) {
    covers.clear();
    const double grow = 0.5 + hiding.margin;
    for (const MotBox& box : found) {
      if (!(box.width > 0 && box.height > 0)) continue;
      covers.push_back({box.left + box.width / 2, box.top + box.height / 2, grow * box.width,
                        grow * box.height, hiding.shape});
      result.hidden_area += 4 * covers.back().half_width * covers.back().half_height;
    }
    for (const MotBox& face : truth) {
      if (!faces.contains(face.id) || static_cast<int>(face.confidence) == 0) continue;
      double pixels = 0, leaked = 0;
      each_face_pixel(face, [&](double x, double y) {
        pixels += 1;
        if (std::none_of(covers.begin(), covers.end(),
                         [&](const Cover& cover) { return cover.covers(x, y); }))
          leaked += 1;
      });
      if (found_ids.contains(face.id)) {
        result.pixels += face.visibility * pixels;
        result.leaked += face.visibility * leaked;
      } else {
        result.never_found_pixels += face.visibility * pixels;
      }
    }
  });
  return result;
}

}  // namespace faceshot::evaluate
