// Rotates photographs upright.
#pragma once

#include "media/photographs/codecs.hpp"
#include "media/photographs/image.hpp"

namespace faceshot::media {

/// Turns and mirrors an image as its EXIF orientation says, so that it stands upright.
/// @param orientation 1 to 8, see exif.hpp
/// @param allocate gives the memory for the result; throws what it throws
void turn_upright(const Image& stored, int orientation, const Allocate& allocate);

}  // namespace faceshot::media
