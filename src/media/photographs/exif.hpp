// Reads the orientation from EXIF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace faceshot::media {

/// Orientation tag (0x0112) of an EXIF block: 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5
/// transposed, 6 lies on its left side (rotate 90 degrees clockwise), 7 transverse, 8 lies on its
/// right side (CIPA DC-008, "Orientation").
/// @param tiff the TIFF structure, beginning at its byte order mark ("II" or "MM")
/// @return 1 if the tag is absent or the block damaged: photographs without EXIF are upright too
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> tiff) noexcept;

/// True for the four orientations that swap width and height.
[[nodiscard]] constexpr bool swaps_sides(int orientation) noexcept { return orientation >= 5; }

}  // namespace faceshot::media
