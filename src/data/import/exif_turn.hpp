// Photographs annotated by a tool that ignores EXIF orientation: their boxes refer to the
// stored pixels, of a picture lying on its side.
#pragma once

#include "geometry/annotation.hpp"
#include "media/photographs/image_size.hpp"

namespace faceshot::data {

/// How an import treats annotations of the stored picture if it differs from the upright one.
enum class ExifBoxes {
  refuse,  ///< omit images whose annotations have width and height swapped
  turn,    ///< map boxes and landmarks to the upright picture
  as_is,   ///< keep them: only the size in the file is wrong
};

/// Maps a box and landmarks from the stored picture to the upright one. Eyes and mouth corners are
/// swapped if the orientation mirrors (2, 4, 5, 7): left is the viewer's.
/// @param a pixels of the stored picture
/// @param stored its size
/// @param orientation from EXIF, 1 to 8
[[nodiscard]] geometry::Annotation turn_upright(const geometry::Annotation& a,
                                                media::ImageSize stored, int orientation);

}  // namespace faceshot::data
