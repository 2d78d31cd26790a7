#include "data/import/exif_turn.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "geometry/move_landmarks.hpp"
#include "media/opencv.hpp"
#include "media/photographs/exif.hpp"

namespace faceshot::data {
namespace {

/// In the order of media::read_mat: first transposes, then mirrors.
class ExifTurn {
 public:
  ExifTurn(media::ImageSize stored, int orientation)
      : transposes_(media::swaps_sides(orientation)),
        mirrors_x_(orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7),
        mirrors_y_(orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8),
        width_(static_cast<float>(transposes_ ? stored.height : stored.width)),
        height_(static_cast<float>(transposes_ ? stored.width : stored.height)) {}

  /// Whether left and right are swapped, whatever way is up.
  [[nodiscard]] bool mirrors() const { return transposes_ != (mirrors_x_ != mirrors_y_); }

  void point(float& x, float& y) const {
    if (transposes_) std::swap(x, y);
    if (mirrors_x_) x = width_ - x;
    if (mirrors_y_) y = height_ - y;
  }

  /// Boxes without width or height stay without.
  void box(Box& b) const {
    point(b.x1, b.y1);
    point(b.x2, b.y2);
    if (mirrors_x_) std::swap(b.x1, b.x2);
    if (mirrors_y_) std::swap(b.y1, b.y2);
  }

 private:
  bool transposes_, mirrors_x_, mirrors_y_;
  float width_, height_;  ///< of the upright picture
};

}  // namespace

geometry::Annotation turn_upright(const geometry::Annotation& a, media::ImageSize stored,
                                  int orientation) {
  const ExifTurn turn(stored, orientation);
  geometry::Annotation turned = a;
  turn.box(turned.box);
  if (!turned.landmarks) return turned;
  Landmarks& points = *turned.landmarks;
  for (Point& p : points) turn.point(p.x, p.y);
  if (turn.mirrors()) geometry::exchange_sides(points);
  return turned;
}

}  // namespace faceshot::data
