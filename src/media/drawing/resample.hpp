// Resizes pictures.
#pragma once

#include "faceshot/image_view.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

/// Scales 8-bit BGR: each pixel of the result is the mean of the area that it covers when
/// shrinking, and interpolated between four when enlarging. Thread safe.
/// @param width, height of the result, > 0
[[nodiscard]] Image resampled(const ImageView& image, int width, int height);

}  // namespace faceshot::media
