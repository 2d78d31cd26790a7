// Boxes and landmarks from the photograph into the sample.
#pragma once

#include <span>
#include <vector>

#include "augment/augmenter.hpp"
#include "augment/crop.hpp"

namespace faceshot {

/// Maps a box from source coordinates to those of the sample, without clipping.
[[nodiscard]] Box map_box(const Box& box, const CropWindow& window, int size, bool flip) noexcept;

/// Maps five landmarks. A flip exchanges left and right eye and mouth corner, since left and right
/// are the viewer's. Points may fall outside the sample.
[[nodiscard]] Landmarks map_landmarks(const Landmarks& points, const CropWindow& window, int size,
                                      bool flip) noexcept;

/// Maps all annotations; attributes stay. Boxes are clipped to the sample. A face becomes `ignore`
/// if its centre falls outside, less than `min_visible` of its area is left, or what is left is
/// narrower or lower than `min_face`. Annotations that were `ignore` stay so. What is less than one
/// pixel wide or high in the sample is dropped.
[[nodiscard]] std::vector<Annotation> map_annotations(std::span<const Annotation> annotations,
                                                      const CropWindow& window, bool flip,
                                                      const AugmentOptions& options);

}  // namespace faceshot
