// How stored pixels become the picture that people see: quarter turns and mirrors (a phone held
// upright stores its films sideways), and non-square pixels. Photographs are decoded upright, so
// the default fits them.
#pragma once

#include "faceshot/box.hpp"

namespace faceshot::media {

class Placement {
 public:
  Placement() = default;
  /// Maps stored pixels to pixels as seen: x' = xx x + xy y, y' = yx x + yy y, shifted to begin at
  /// 0.
  struct Turn {
    int xx = 1, xy = 0, yx = 0, yy = 1;  ///< each row and column has one entry of 1 or -1
    friend constexpr bool operator==(const Turn&, const Turn&) = default;
  };

  /// @param width, height stored, > 0
  /// @param pixel_aspect width of a stored pixel divided by its height; outside 1/16 to 16: taken
  /// as 1
  Placement(int width, int height, const Turn& turn, double pixel_aspect);

  [[nodiscard]] int stored_width() const noexcept { return stored_width_; }
  [[nodiscard]] int stored_height() const noexcept { return stored_height_; }
  /// As seen, in square pixels.
  [[nodiscard]] int width() const noexcept { return turn_.xx != 0 ? wide_ : high_; }
  [[nodiscard]] int height() const noexcept { return turn_.xx != 0 ? high_ : wide_; }
  /// Stretched to square pixels, not yet turned.
  [[nodiscard]] int square_width() const noexcept { return wide_; }
  [[nodiscard]] int square_height() const noexcept { return high_; }
  [[nodiscard]] bool stretched() const noexcept {
    return wide_ != stored_width_ || high_ != stored_height_;
  }
  [[nodiscard]] bool turned() const noexcept { return turn_ != Turn{}; }
  [[nodiscard]] const Turn& turn() const noexcept { return turn_; }

  struct Point {
    double x = 0, y = 0;
  };
  [[nodiscard]] Point stored(Point seen) const noexcept;
  [[nodiscard]] Point seen(Point stored) const noexcept;
  /// A box in pixels as seen, mapped to stored pixels.
  [[nodiscard]] Box stored(const Box& seen) const noexcept;

 private:
  Turn turn_;
  int stored_width_ = 0, stored_height_ = 0;
  int wide_ = 0, high_ = 0;
};

}  // namespace faceshot::media
