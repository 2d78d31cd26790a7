// How a stream stores its pictures. Includes libav's headers.
#pragma once

#include "video/libav.hpp"
#include "video/placement.hpp"

namespace faceshot::video {

/// Quarter turns and mirrors that the stream specifies; none if it says nothing or nonsense.
[[nodiscard]] Placement::Turn turn_of(const AVStream& stream);

/// The planar YUV format that loses least of another format: RGB, palettes, packed pixels.
[[nodiscard]] int best_paintable(int format);

}  // namespace faceshot::video
