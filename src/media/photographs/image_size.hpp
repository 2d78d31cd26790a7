// The size of an image in a file, without decoding it.
#pragma once

#include <filesystem>

namespace faceshot::media {

struct ImageSize {
  int width = 0, height = 0;  ///< pixels, upright: as read_photograph delivers the image
  friend constexpr bool operator==(const ImageSize&, const ImageSize&) = default;
};

[[nodiscard]] constexpr ImageSize sides_swapped(ImageSize size) {
  return {size.height, size.width};
}

/// An image's size and the orientation behind it.
struct TurnedSize {
  ImageSize size;
  int orientation = 1;  ///< that was applied: 1 to 8, see exif.hpp; always 1 for HEIF
};

/// From the headers alone; truncated JPEG, PNG, WebP and BMP files are detected nevertheless.
/// Thread safe.
/// @throws Error(not_found) no such file; Error(format) damaged, truncated or not an image;
///         Error(unsupported) more than max_image_pixels
[[nodiscard]] ImageSize read_image_size(const std::filesystem::path& path);

/// The same with the orientation. @throws Error as read_image_size
[[nodiscard]] TurnedSize read_turned_size(const std::filesystem::path& path);

}  // namespace faceshot::media
