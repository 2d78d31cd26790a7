// Which part of a photograph to crop: published recipes for training on faces.
#pragma once

#include <span>
#include <vector>

#include "augment/pixels/window.hpp"
#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// A photograph, as the recipes see it. @pre width, height >= 1; boxes lie inside
struct CropSource {
  int width = 0, height = 0;
  std::span<const geometry::Annotation> annotations;  ///< those that are `ignore` are not sought
};

/// A square with a side of `share` times the shorter side of the photograph, at a random place;
/// drawn again up to ten times until it holds the centre of a face, if there is one to find. It
/// reaches outside the photograph no more than its side demands.
/// @param share drawn log-uniformly from [share_min, share_max], > 0
/// @param smallest the side is at least this, unless the photograph is smaller
[[nodiscard]] Window square_crop(const CropSource& source, float share_min, float share_max,
                                 double smallest, base::Random& random);

/// A square that holds the whole photograph somewhere in it, `ratio` >= 1 times its longer side.
[[nodiscard]] Window square_around(const CropSource& source, double ratio, base::Random& random);

struct AnchorCrop {
  int size = 320;            ///< of the sample into which the window will be scaled
  std::vector<float> sizes;  ///< of faces in the sample, ascending
  float magnify_max = 3;     ///< the window is at least size / magnify_max
  float expand_max = 2;      ///< and at most this times the longer side of the photograph
};

/// Data-anchor sampling of PyramidBox (Tang et al., ECCV 2018, section 3.3): a face at random is
/// scaled to a size drawn from those up to one above the nearest to its own, times 2^[-0.5, 0.5];
/// the square window holds that face, whole.
/// @pre there is a face that is not `ignore`
[[nodiscard]] Window anchor_crop(const CropSource& source, const AnchorCrop& options,
                                 base::Random& random);

/// True if the annotation is one that recipes seek.
[[nodiscard]] bool is_sought(const geometry::Annotation& annotation) noexcept;

/// The random patch of SSD (Liu et al., ECCV 2016, section 2.2, "Data augmentation"): sides of
/// `scale_min` to `scale_max` of the photograph's, aspect ratio between 1/2 and 2, with an IoU of
/// at least `min_iou` with some face. The whole photograph if fifty tries give none, or there is
/// none.
[[nodiscard]] Window ssd_crop(const CropSource& source, float min_iou, float scale_min,
                              float scale_max, base::Random& random);

}  // namespace faceshot::augment
