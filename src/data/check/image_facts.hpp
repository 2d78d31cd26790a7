// Facts read from an image file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace faceshot::data {

struct ImageFacts {
  bool missing = false;
  std::string damage;         ///< why it cannot be decoded; empty if it can
  int width = 0, height = 0;  ///< upright
  int orientation = 1;        ///< from EXIF, 1 to 8
  std::uint64_t content = 0;  ///< hash of the file's bytes
  std::uintmax_t bytes = 0;   ///< size of the file
  std::uint64_t looks = 0;    ///< difference_hash of the pixels
};

/// Reads and decodes the image. Never throws because of a damaged image.
[[nodiscard]] ImageFacts find_image_facts(const std::filesystem::path& path);

/// True if two files have the same bytes. @throws std::filesystem::filesystem_error
[[nodiscard]] bool same_bytes(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace faceshot::data
