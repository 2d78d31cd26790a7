// The container around an image's pixels: JPEG segments, PNG chunks, WebP's RIFF chunks, BMP's
// header. Nothing is decoded. It serves two ends: sizes of thousands of images in no time, and the
// certainty that a file is whole before a decoder sees it (decoders deliver the upper half of a
// truncated JPEG, the rest grey, and complain on stderr at best).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace faceshot::media {

struct ImageFrame {
  int width = 0, height = 0;  ///< as stored, pixels, > 0
  int orientation = 1;        ///< of EXIF, 1 to 8; see exif.hpp
};

/// Walks the container from start to end.
/// @param name stands in error messages, usually the file's path
/// @return nothing if the bytes are of another format than these four
/// @throws Error(format) if the file is cut off or its structure damaged (PNG: checksums too)
[[nodiscard]] std::optional<ImageFrame> parse_image_frame(std::span<const std::uint8_t> bytes,
                                                          const std::string& name);

}  // namespace faceshot::media
