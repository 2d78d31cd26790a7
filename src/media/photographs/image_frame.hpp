// The container around an image's pixels: JPEG segments, PNG chunks, WebP's RIFF chunks, the
// headers of BMP, GIF, TIFF and HEIF. Nothing is decoded. It serves two purposes: reading the sizes
// of thousands of images quickly, and verifying that a file is whole before a decoder sees it
// (decoders deliver the upper half of a truncated JPEG and fill the rest with grey).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace faceshot::media {

enum class ImageFormat : std::uint8_t {
  jpeg,
  png,
  webp,
  bmp,
  gif,
  tiff,
  heif
};  ///< heif: HEIC, AVIF

struct ImageFrame {
  ImageFormat format = ImageFormat::jpeg;
  int width = 0, height = 0;  ///< as stored, pixels, > 0; for HEIF after its own rotations
  int orientation = 1;        ///< from EXIF or TIFF, 1 to 8, see exif.hpp; always 1 for HEIF
  bool animated = false;      ///< GIF of several pictures, PNG and WebP with frames, AVIF sequence
  /// JPEG, PNG, WebP and BMP: bytes are missing at the end. For the others, only their decoders
  /// notice.
  bool cut_off = false;
};

/// Parses the container from start to end.
/// @param name for error messages, usually the file's path
/// @return nothing if the bytes are in none of ImageFormat's formats
/// @throws Error(format) if the structure is damaged (PNG: checksums too), or truncated before the
/// size
[[nodiscard]] std::optional<ImageFrame> parse_image_frame(std::span<const std::uint8_t> bytes,
                                                          const std::string& name);

}  // namespace faceshot::media
