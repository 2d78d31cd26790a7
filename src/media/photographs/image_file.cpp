#include "media/photographs/image_file.hpp"

#include <cstring>
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

/// Asks for memory for what the container has promised, and no more: a decoder may find another
/// size.
Allocate guarded(const Allocate& allocate) {
  return [&allocate](int width, int height) {
    if (width <= 0 || height <= 0) throw DecodeFailure{"it has no width and height"};
    if (std::int64_t{width} * height > max_image_pixels)
      throw DecodeFailure{"it has more pixels than the limit"};
    return allocate(width, height);
  };
}

std::vector<std::uint8_t> encode(const std::string& extension, const ImageView& image) {
  constexpr int quality = 92;
  if (extension == ".png") return encode_png(image);
  if (extension == ".webp") return encode_webp(image, quality);
  if (extension == ".bmp") return encode_bmp(image);
  return encode_jpeg(image, quality);
}

}  // namespace

PhotographInfo decode_photograph_into(const std::vector<std::uint8_t>& bytes,
                                      const ImageFrame& frame, const std::string& name,
                                      const ReadOptions& options, const Allocate& allocate) {
  const Encoded file{bytes, frame, options.max_side};
  Decoded decoded;
  Image stored;  // where it has to be turned
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
                      .warning = frame.cut_off ? "the file is cut off" : decoded.warning};
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

bool is_writable_image_path(const fs::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".jpg" || extension == ".jpeg" || extension == ".jpe" ||
         extension == ".jfif" || extension == ".png" || extension == ".webp" || extension == ".bmp";
}

void write_image(const fs::path& path, const ImageView& image, const ImageTags& tags) {
  if (!is_writable_image_path(path))
    throw Error(ErrorCode::invalid_argument,
                "cannot write '" + path.string() +
                    "': no encoder for this extension; use .jpg, .png, .webp or .bmp");
  if (image.empty() || image.format != PixelFormat::bgr)
    throw Error(ErrorCode::invalid_argument,
                "cannot write '" + path.string() + "': the image must be 8-bit BGR and not empty");
  std::vector<std::uint8_t> bytes;
  try {
    const std::string extension = lower_extension(path);
    bytes = encode(extension, image);
    const bool is_jpeg = extension.starts_with(".j");
    if (is_jpeg || extension == ".png")
      bytes =
          with_image_tags(std::move(bytes), is_jpeg ? ImageFormat::jpeg : ImageFormat::png, tags);
  } catch (const DecodeFailure& failure) {
    throw Error(ErrorCode::io, "cannot encode '" + path.string() + "': " + failure.why);
  }
  support::write_file_atomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace faceshot::media
