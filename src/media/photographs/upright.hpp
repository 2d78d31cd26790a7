// Rotates photographs upright.
#pragma once

#include "media/photographs/codecs.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

/// Rotates and mirrors an image according to its EXIF orientation, so that it is upright.
/// @param orientation 1 to 8, see exif.hpp
/// @param allocate provides memory for the result; its exceptions are passed on
void turn_upright(const Image& stored, int orientation, const Allocate& allocate);

}  // namespace faceshot::media
