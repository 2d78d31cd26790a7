// One decoder per format and, for formats that we write, one encoder, on the standard libraries.
// Internal to this room: others call image_file.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "faceshot/image_view.hpp"
#include "media/photographs/image_frame.hpp"

namespace faceshot::media {

/// Thrown by decoders and encoders; the caller knows the file's name.
struct DecodeFailure {
  std::string why;
};

/// Memory for width x height pixels of BGR, row by row without gaps.
/// @throws Error(unsupported) for more than max_image_pixels
using Allocate = std::function<std::uint8_t*(int width, int height)>;

struct Encoded {
  std::span<const std::uint8_t> bytes;
  const ImageFrame& frame;  ///< of these bytes
  int max_side = 0;         ///< > 0: a reduced picture is sufficient, with at least this longer
                            ///< side
};

/// What decoding yields besides pixels.
struct Decoded {
  double scale_x = 1, scale_y = 1;  ///< pixels of the file per delivered pixel
  std::string warning;              ///< empty: none
};

// Each delivers the pixels as stored (for HEIF, after its own rotations): alpha dropped, grey
// expanded, 16 bits reduced to 8. Thread safe. @throws DecodeFailure; whatever `allocate` throws
[[nodiscard]] Decoded decode_jpeg(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_png(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_webp(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_bmp(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_gif(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_tiff(const Encoded& file, const Allocate& allocate);
[[nodiscard]] Decoded decode_heif(const Encoded& file, const Allocate& allocate);

// Containers that only their libraries can parse. @throws DecodeFailure
[[nodiscard]] ImageFrame tiff_frame(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool is_heif(std::span<const std::uint8_t> bytes);
[[nodiscard]] ImageFrame heif_frame(std::span<const std::uint8_t> bytes);

// From BGR. @param quality 1 to 100 @throws DecodeFailure
[[nodiscard]] std::vector<std::uint8_t> encode_jpeg(const ImageView& image, int quality);
[[nodiscard]] std::vector<std::uint8_t> encode_png(const ImageView& image);
[[nodiscard]] std::vector<std::uint8_t> encode_webp(const ImageView& image, int quality);
[[nodiscard]] std::vector<std::uint8_t> encode_bmp(const ImageView& image);

}  // namespace faceshot::media
