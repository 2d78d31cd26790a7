// Photographs from and to files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "media/photographs/codecs.hpp"
#include "media/photographs/image.hpp"
#include "media/photographs/image_bytes.hpp"
#include "media/photographs/image_tags.hpp"

namespace faceshot::media {

/// Larger images are not decoded: a file of a few kB can claim to be one.
inline constexpr std::int64_t max_image_pixels = 250'000'000;

struct ReadOptions {
  /// > 0: JPEG and WebP may be decoded at a fraction of their size, with a longer side of at least
  /// this; takes a third of the time for a camera's JPEG.
  int max_side = 0;
  Tail tail = Tail::required;  ///< optional: missing parts are grey or black, with a warning
};

/// What is known about a photograph besides its pixels.
struct PhotographInfo {
  int width = 0, height = 0;  ///< of the whole photograph, upright
  double scale_x = 1;         ///< pixels of the whole photograph per delivered pixel
  double scale_y = 1;
  std::string warning;  ///< what the decoder had to tolerate; empty: nothing
};

struct Photograph : PhotographInfo {
  Image image;  ///< 8-bit BGR, upright
};

/// Reads a JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF or BMP file, whatever its name, as 8-bit BGR:
/// upright (orientation of EXIF, TIFF and HEIF applied), alpha dropped, grey expanded, CMYK
/// converted; the first frame of an animation. `-` is standard input. Thread safe.
/// @throws Error(not_found) no such file; Error(io) the system cannot read it; Error(format)
///         damaged, truncated or not an image; Error(unsupported) more than max_image_pixels
[[nodiscard]] Photograph read_photograph(const std::filesystem::path& path,
                                         const ReadOptions& options = {});

/// The same for bytes in memory. @param name for messages
[[nodiscard]] Photograph decode_photograph(const std::vector<std::uint8_t>& bytes,
                                           const std::string& name,
                                           const ReadOptions& options = {});

/// The same into the caller's memory, requested once the upright size is known.
[[nodiscard]] PhotographInfo decode_photograph_into(const std::vector<std::uint8_t>& bytes,
                                                    const ImageFrame& frame,
                                                    const std::string& name,
                                                    const ReadOptions& options,
                                                    const Allocate& allocate);

/// Writes a BGR image; the extension determines the format: .jpg (.jpeg, .jpe, .jfif), .png, .webp,
/// .bmp. Complete or not at all (temporary + rename). JPEG and WebP use a quality without visible
/// artefacts at normal size. Thread safe.
/// @throws Error(invalid_argument) for another extension or no pixels; Error(io)
/// @param tags written into the file if they are of its format
void write_image(const std::filesystem::path& path, const ImageView& image,
                 const ImageTags& tags = {});

/// The same into memory. @param format jpeg, png, webp or bmp
/// @throws Error(invalid_argument) for another format or no pixels
[[nodiscard]] std::vector<std::uint8_t> encode_image(const ImageView& image, ImageFormat format,
                                                     const ImageTags& tags = {});

/// True if write_image supports the extension.
[[nodiscard]] bool is_writable_image_path(const std::filesystem::path& path);

}  // namespace faceshot::media
