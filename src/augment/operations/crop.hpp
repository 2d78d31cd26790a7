// Which part of a photograph to crop: published recipes for training on faces.
#pragma once

#include <span>
#include <vector>

#include "augment/pixels/window.hpp"
#include "base/random.hpp"
#include "geometry/annotation.hpp"

namespace faceshot::augment {

/// The input of the recipes. @pre width, height >= 1; boxes are inside
struct CropSource {
  int width = 0, height = 0;
  std::span<const geometry::Annotation> annotations;  ///< `ignore` ones are not sought
};

/// A square with a side of `share` times the shorter side of the photograph, at a random position;
/// drawn again up to ten times until it contains the centre of a face, if there is one. It extends
/// beyond the photograph no more than its side requires.
/// @param share drawn log-uniformly from [share_min, share_max], > 0
/// @param smallest minimum side, unless the photograph is smaller
[[nodiscard]] Window square_crop(const CropSource& source, float share_min, float share_max,
                                 double smallest, base::Random& random);

/// A square of `ratio` >= 1 times the longer side of the photograph that contains all of it at a
/// random position.
[[nodiscard]] Window square_around(const CropSource& source, double ratio, base::Random& random);

struct AnchorCrop {
  int size = 320;            ///< of the sample to which the window will be scaled
  std::vector<float> sizes;  ///< of faces in the sample, ascending
  float magnify_max = 3;     ///< the window is at least size / magnify_max
  float expand_max = 2;      ///< and at most this times the longer side of the photograph
};

/// Data-anchor sampling of PyramidBox (Tang et al., ECCV 2018, section 3.3): a random face is
/// scaled to a size drawn from those up to one above the nearest to its own, times 2^[-0.5, 0.5];
/// the square window contains that whole face.
/// @pre there is a face that is not `ignore`
[[nodiscard]] Window anchor_crop(const CropSource& source, const AnchorCrop& options,
                                 base::Random& random);

/// True for annotations that recipes seek.
[[nodiscard]] bool is_sought(const geometry::Annotation& annotation) noexcept;

/// The random patch of SSD (Liu et al., ECCV 2016, section 2.2, "Data augmentation"): sides of
/// `scale_min` to `scale_max` of the photograph's, aspect ratio between 1/2 and 2, with an IoU of
/// at least `min_iou` with some face. The whole photograph if fifty tries fail, or if there is no
/// face.
[[nodiscard]] Window ssd_crop(const CropSource& source, float min_iou, float scale_min,
                              float scale_max, base::Random& random);

}  // namespace faceshot::augment
