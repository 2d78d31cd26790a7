// Aligned face crops for recognition networks.
#pragma once

#include "faceshot/image_view.hpp"
#include "faceshot/landmarks.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

/// Cuts out a face, rotated and scaled by the similarity that brings its landmarks closest to
/// alignment_template(size). Pixels outside the photograph are black. Landmarks are in our
/// coordinates (origin at the corner of the first pixel) and the template in those of its
/// publishers (origin at the centre of the first pixel), so a crop equals InsightFace's of the same
/// face. Thread safe.
/// @param image 8-bit BGR @param size side of the crop in pixels, > 0
/// @return 8-bit BGR, size x size
/// @throws Error(invalid_argument) for no image, an impossible size, or as fit_similarity()
[[nodiscard]] Image align_face(const ImageView& image, const Landmarks& landmarks, int size = 112);

}  // namespace faceshot::media
