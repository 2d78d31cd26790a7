// The container around an image's pixels: JPEG segments, PNG chunks, WebP's RIFF chunks, the
// headers of BMP, GIF, TIFF and HEIF. Nothing is decoded. It serves two ends: sizes of thousands of
// images in no time, and the certainty that a file is whole before a decoder sees it (decoders
// deliver the upper half of a truncated JPEG, the rest grey).
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
  int width = 0, height = 0;  ///< as stored, pixels, > 0; of HEIF as its own turns leave it
  int orientation = 1;        ///< of EXIF or TIFF, 1 to 8, see exif.hpp; of HEIF always 1
  bool animated = false;      ///< GIF of several pictures, PNG and WebP with frames, AVIF sequence
  /// JPEG, PNG, WebP and BMP: bytes are missing at the end. Of the others, their decoders find out.
  bool cut_off = false;
};

/// Walks the container from start to end.
/// @param name stands in error messages, usually the file's path
/// @return nothing if the bytes are of no format that ImageFormat has
/// @throws Error(format) if its structure is damaged (PNG: checksums too), or so much is cut off
/// that it
///         has no size
[[nodiscard]] std::optional<ImageFrame> parse_image_frame(std::span<const std::uint8_t> bytes,
                                                          const std::string& name);

}  // namespace faceshot::media
