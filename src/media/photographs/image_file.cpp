#include "media/photographs/image_file.hpp"

#include <cstring>
#include <optional>
#include <utility>

#include "faceshot/error.hpp"
#include "media/photographs/exif.hpp"
#include "media/photographs/image_list.hpp"
#include "media/photographs/upright.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::media {
namespace {

namespace fs = std::filesystem;

using Decoder = Decoded (*)(const Encoded&, const Allocate&);

Decoder decoder_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::jpeg:
      return decode_jpeg;
    case ImageFormat::png:
      return decode_png;
    case ImageFormat::webp:
      return decode_webp;
    case ImageFormat::bmp:
      return decode_bmp;
    case ImageFormat::gif:
      return decode_gif;
    case ImageFormat::tiff:
      return decode_tiff;
    case ImageFormat::heif:
      break;
  }
  return decode_heif;
}

/// Requests memory for the size in the container, and no more: a decoder may find another size.
Allocate guarded(const Allocate& allocate) {
  return [&allocate](int width, int height) {
    if (width <= 0 || height <= 0) throw DecodeFailure{"it has no width and height"};
    if (std::int64_t{width} * height > max_image_pixels)
      throw DecodeFailure{"it has more pixels than the limit"};
    return allocate(width, height);
  };
}

/// The format in which write_image writes a file with this extension; nothing if it does not.
std::optional<ImageFormat> written_format(const fs::path& path) {
  const std::string extension = lower_extension(path);
  if (extension == ".jpg" || extension == ".jpeg" || extension == ".jpe" || extension == ".jfif")
    return ImageFormat::jpeg;
  if (extension == ".png") return ImageFormat::png;
  if (extension == ".webp") return ImageFormat::webp;
  if (extension == ".bmp") return ImageFormat::bmp;
  return std::nullopt;
}

}  // namespace

PhotographInfo decode_photograph_into(const std::vector<std::uint8_t>& bytes,
                                      const ImageFrame& frame, const std::string& name,
                                      const ReadOptions& options, const Allocate& allocate) {
  const Encoded file{bytes, frame, options.max_side};
  Decoded decoded;
  Image stored;  // if it has to be rotated
  try {
    if (frame.orientation == 1) {
      decoded = decoder_of(frame.format)(file, guarded(allocate));
    } else {
      const Allocate into_stored = [&](int width, int height) {
        stored = Image(width, height);
        return stored.row(0);
      };
      decoded = decoder_of(frame.format)(file, guarded(into_stored));
      turn_upright(stored, frame.orientation, allocate);
    }
  } catch (const DecodeFailure& failure) {
    throw Error(ErrorCode::format, "'" + name + "' is damaged or not an image: " + failure.why);
  }
  PhotographInfo info{.width = frame.width,
                      .height = frame.height,
                      .scale_x = decoded.scale_x,
                      .scale_y = decoded.scale_y,
                      .warning = frame.cut_off ? "the file is truncated" : decoded.warning};
  if (swaps_sides(frame.orientation)) {
    std::swap(info.width, info.height);
    std::swap(info.scale_x, info.scale_y);
  }
  return info;
}

Photograph decode_photograph(const std::vector<std::uint8_t>& bytes, const std::string& name,
                             const ReadOptions& options) {
  const ImageFrame frame = checked_frame(bytes, name, options.tail);
  Photograph result;
  static_cast<PhotographInfo&>(result) =
      decode_photograph_into(bytes, frame, name, options, [&](int width, int height) {
        result.image = Image(width, height);
        return result.image.row(0);
      });
  return result;
}

Photograph read_photograph(const fs::path& path, const ReadOptions& options) {
  const ImageBytes file = read_image_bytes(path, options.tail);
  Photograph result;
  static_cast<PhotographInfo&>(result) = decode_photograph_into(
      file.bytes, file.frame, path.string(), options, [&](int width, int height) {
        result.image = Image(width, height);
        return result.image.row(0);
      });
  return result;
}

bool is_writable_image_path(const fs::path& path) { return written_format(path).has_value(); }

std::vector<std::uint8_t> encode_image(const ImageView& image, ImageFormat format,
                                       const ImageTags& tags) {
  constexpr int quality = 92;
  if (image.empty() || image.format != PixelFormat::bgr)
    throw Error(ErrorCode::invalid_argument, "the image must be 8-bit BGR and not empty");
  try {
    switch (format) {
      case ImageFormat::jpeg:
        return with_image_tags(encode_jpeg(image, quality), format, tags);
      case ImageFormat::png:
        return with_image_tags(encode_png(image), format, tags);
      case ImageFormat::webp:
        return encode_webp(image, quality);
      case ImageFormat::bmp:
        return encode_bmp(image);
      default:
        break;
    }
  } catch (const DecodeFailure& failure) {
    throw Error(ErrorCode::io, "cannot encode: " + failure.why);
  }
  throw Error(ErrorCode::invalid_argument,
              "no encoder for this format; use JPEG, PNG, WebP or BMP");
}

void write_image(const fs::path& path, const ImageView& image, const ImageTags& tags) {
  const std::optional<ImageFormat> format = written_format(path);
  if (!format)
    throw Error(ErrorCode::invalid_argument,
                "cannot write '" + path.string() +
                    "': no encoder for this extension; use .jpg, .png, .webp or .bmp");
  std::vector<std::uint8_t> bytes;
  try {
    bytes = encode_image(image, *format, tags);
  } catch (const Error& e) {
    throw Error(e.code(), "cannot write '" + path.string() + "': " + e.what());
  }
  support::write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace faceshot::media
