// Photographs annotated by a tool that ignores EXIF orientation: their boxes refer to the
// stored pixels, a picture lying on its side.
#pragma once

#include "geometry/annotation.hpp"
#include "media/photographs/image_size.hpp"

namespace faceshot::data {

/// What an import does with annotations of the stored picture, where the upright one is another.
enum class ExifBoxes {
  refuse,  ///< an image whose annotations are of its sides swapped is left out
  turn,    ///< boxes and landmarks are taken to the upright picture
  as_is,   ///< they stay as they are: only the size that the file says is wrong
};

/// Takes a box and landmarks from the stored picture to the upright one. Eyes and mouth corners
/// change places where the orientation mirrors (2, 4, 5, 7): left is the viewer's.
/// @param a pixels of the stored picture
/// @param stored its size
/// @param orientation of EXIF, 1 to 8
[[nodiscard]] geometry::Annotation turn_upright(const geometry::Annotation& a,
                                                media::ImageSize stored, int orientation);

}  // namespace faceshot::data
