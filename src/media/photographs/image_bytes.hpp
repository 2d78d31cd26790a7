// An image file in memory, checked but not decoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/photographs/image_frame.hpp"

namespace faceshot::media {

/// Whether the end of a file may be missing.
enum class Tail : std::uint8_t { required, optional };

struct ImageBytes {
  std::vector<std::uint8_t> bytes;
  ImageFrame frame;
};

/// Reads the file and parses its container. `-` is standard input; pipes and devices are read to
/// their end. Thread safe (except for standard input).
/// @throws Error as read_photograph
[[nodiscard]] ImageBytes read_image_bytes(const std::filesystem::path& path,
                                          Tail tail = Tail::required);

/// The same for a file that is already in memory. @param name for messages
[[nodiscard]] ImageFrame checked_frame(const std::vector<std::uint8_t>& bytes,
                                       const std::string& name, Tail tail);

}  // namespace faceshot::media
