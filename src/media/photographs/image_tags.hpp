// Metadata of a photograph that may be copied into another file: the colour profile (ICC), and the
// camera's data (EXIF) without any picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "media/photographs/image_frame.hpp"

namespace faceshot::media {

struct ImageTags {
  ImageFormat format =
      ImageFormat::jpeg;            ///< of the source file, and of files they can be copied to
  std::vector<std::uint8_t> bytes;  ///< JPEG segments or PNG chunks; empty: none
};

/// The colour profile of a JPEG or PNG file; nothing for other formats and files without one.
/// Thread safe.
/// @param exif JPEG only: also EXIF, rebuilt: numbers and texts of up to 4 KB from its directories
/// of the
///        picture, the camera and the location. Thumbnails, previews in maker notes and unknown
///        entries are omitted, and the orientation is 1: pixels are delivered upright
[[nodiscard]] ImageTags image_tags(std::span<const std::uint8_t> file, const ImageFrame& frame,
                                   bool exif);

/// The file with these tags. A file of another format is returned unchanged.
[[nodiscard]] std::vector<std::uint8_t> with_image_tags(std::vector<std::uint8_t> file,
                                                        ImageFormat format, const ImageTags& tags);

}  // namespace faceshot::media
