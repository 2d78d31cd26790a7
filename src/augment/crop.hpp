// Which square of the photograph becomes the sample.
#pragma once

#include <span>

#include "augment/augmenter.hpp"

namespace faceshot {

/// A square in continuous pixel coordinates of the source image. It may reach outside the image:
/// what lies there is filled with a constant grey (see resample.hpp).
struct CropWindow {
  double x = 0, y = 0;  ///< top-left corner
  double side = 0;      ///< > 0

  [[nodiscard]] bool contains(double px, double py) const noexcept {
    return px >= x && px < x + side && py >= y && py < y + side;
  }
};

/// Draws a window by one of three recipes:
/// - aimed (`anchor_chance`, if there is a face to find): data-anchor sampling of PyramidBox (Tang
///   et al., ECCV 2018, section 3.3). A face at random is scaled to a size drawn from the anchor
///   sizes up to one above the nearest to it, times 2^[-0.5, 0.5]; the window holds that face,
///   whole.
/// - expanded (`expand_chance` of the rest): side between 1 and `expand_max` times the longer side.
/// - cropped: side log-uniform in [crop_min, crop_max] times the shorter side; drawn anew up to ten
///   times until it holds the centre of a face, if there is one to find.
/// Windows reach outside the image no more than their side demands, and magnify by no more than
/// `magnify_max` (except to take an image whole that is smaller than that).
/// @pre width, height >= 1; boxes lie inside the image; options are valid
[[nodiscard]] CropWindow choose_crop(int width, int height, std::span<const Annotation> annotations,
                                     const AugmentOptions& options, Random& random);

}  // namespace faceshot
