// Reads the orientation from EXIF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace faceshot::media {

/// Orientation tag (0x0112) of an EXIF block: 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5
/// transposed, 6 lies on its left side (turn 90 degrees clockwise), 7 transverse, 8 lies on its
/// right side (CIPA DC-008, "Orientation").
/// @param tiff the TIFF structure, from its byte order mark ("II" or "MM") on
/// @return 1 if the tag is absent or the block damaged: a photograph without EXIF is upright too
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> tiff) noexcept;

/// True for the four orientations under which width and height change places.
[[nodiscard]] constexpr bool swaps_sides(int orientation) noexcept { return orientation >= 5; }

}  // namespace faceshot::media
