// An image file in memory, checked but not decoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "media/image_frame.hpp"

namespace faceshot::media {

struct ImageBytes {
  std::vector<std::uint8_t> bytes;
  std::optional<ImageFrame> frame;  ///< nothing: TIFF, whose container is its decoder's affair
};

/// Reads the file and walks its container. Formats beyond the five are refused: their decoders are
/// seldom used, seldom tested, and print.
/// @throws Error as read_image
[[nodiscard]] ImageBytes read_image_bytes(const std::filesystem::path& path);

}  // namespace faceshot::media
