// A rectangle of a picture, at any position.
#pragma once

namespace faceshot::augment {

/// In continuous pixel coordinates. It may reach outside the picture.
struct Window {
  double x = 0, y = 0;           ///< top-left corner
  double width = 0, height = 0;  ///< > 0

  [[nodiscard]] bool contains(double px, double py) const noexcept {
    return px >= x && px < x + width && py >= y && py < y + height;
  }
};

}  // namespace faceshot::augment
