#include "media/photographs/image_frame.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "faceshot/error.hpp"
#include "media/photographs/codecs.hpp"
#include "media/photographs/exif.hpp"

namespace faceshot::media {
namespace {

/// Thrown by an access beyond the end.
struct CutOff {};

/// Bytes with bounds.
class FileBytes {
 public:
  FileBytes(std::span<const std::uint8_t> bytes, const std::string& name)
      : bytes_(bytes), name_(name) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  [[nodiscard]] std::span<const std::uint8_t> part(std::size_t at, std::size_t count) const {
    if (at > size() || count > size() - at) throw CutOff();
    return bytes_.subspan(at, count);
  }
  [[nodiscard]] std::uint8_t at(std::size_t position) const { return part(position, 1)[0]; }
  [[nodiscard]] std::uint32_t big(std::size_t position, std::size_t count) const {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : part(position, count)) value = value << 8 | byte;
    return value;
  }
  [[nodiscard]] std::uint32_t little(std::size_t position, std::size_t count) const {
    const auto source = part(position, count);
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | source[i];
    return value;
  }
  [[nodiscard]] bool has(std::size_t position, std::string_view text) const {
    return position <= size() && text.size() <= size() - position &&
           std::memcmp(bytes_.data() + position, text.data(), text.size()) == 0;
  }
  /// Position of the next byte of this value, size() if there is none.
  [[nodiscard]] std::size_t find(std::uint8_t value, std::size_t from) const {
    if (from >= size()) return size();
    const void* found = std::memchr(bytes_.data() + from, value, size() - from);
    if (found == nullptr) return size();
    return static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes_.data());
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorCode::format, "'" + name_ + "' is damaged: " + why);
  }

 private:
  std::span<const std::uint8_t> bytes_;
  const std::string& name_;
};

void check_size(const ImageFrame& frame, const FileBytes& in) {
  if (frame.width <= 0 || frame.height <= 0) in.fail("it has no width and height");
}

// ITU T.81, annex B: markers 0xFF 0xXX, most followed by a length that counts itself.

constexpr bool stands_alone(unsigned marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}
constexpr bool starts_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Position of the marker that ends the entropy-coded data beginning at `at`.
std::size_t end_of_scan(const FileBytes& in, std::size_t at) {
  for (;; ++at) {
    at = in.find(0xFF, at);
    const unsigned next = in.at(at + 1);  // beyond the end: throws CutOff
    if (next != 0x00 && next != 0xFF && !stands_alone(next)) return at;
  }
}

void parse_jpeg(const FileBytes& in, ImageFrame& frame) {
  std::size_t at = 2;
  while (true) {
    at = in.find(0xFF, at);
    while (in.at(at) == 0xFF) ++at;  // a marker may be preceded by any number of fill bytes
    const unsigned marker = in.at(at++);
    if (marker == 0xD9) break;
    if (stands_alone(marker)) continue;
    const std::size_t length = in.big(at, 2);
    if (length < 2) in.fail("a JPEG segment has no length");
    const auto segment = in.part(at, length);
    if (starts_frame(marker)) {
      frame.height = static_cast<int>(in.big(at + 3, 2));
      frame.width = static_cast<int>(in.big(at + 5, 2));
    } else if (marker == 0xE1 && in.has(at + 2, std::string_view("Exif\0\0", 6)) && length >= 8) {
      frame.orientation = exif_orientation(segment.subspan(8));
    }
    at += length;
    if (marker == 0xDA) at = end_of_scan(in, at);
  }
}

// ISO/IEC 15948 (PNG): chunks of length, type, data, CRC-32 of type and data.

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

void parse_png(const FileBytes& in, ImageFrame& frame) {
  for (std::size_t at = 8;;) {
    const std::size_t length = in.big(at, 4);
    const auto type_and_data = in.part(at + 4, length + 4);
    if (crc32_of(type_and_data) != in.big(at + 8 + length, 4)) in.fail("a PNG checksum is wrong");
    if (in.has(at + 4, "IHDR")) {
      frame.width = static_cast<int>(std::min(in.big(at + 8, 4), 0x7FFFFFFFU));
      frame.height = static_cast<int>(std::min(in.big(at + 12, 4), 0x7FFFFFFFU));
    } else if (in.has(at + 4, "acTL")) {
      frame.animated = true;
    } else if (in.has(at + 4, "eXIf")) {
      frame.orientation = exif_orientation(type_and_data.subspan(4));
    } else if (in.has(at + 4, "IEND")) {
      return;
    }
    at += length + 12;
  }
}

// RFC 9649 (WebP): RIFF chunks of type, length, data, padded to even length.

void parse_webp(const FileBytes& in, ImageFrame& frame) {
  const std::size_t end = std::size_t{in.little(4, 4)} + 8;
  bool canvas = false;  // VP8X has the size of the whole, and comes before everything else
  for (std::size_t at = 12; at + 8 <= end;) {
    const std::size_t length = in.little(at + 4, 4);
    const std::size_t data = at + 8;
    if (in.has(at, "VP8X")) {
      frame.width = static_cast<int>(in.little(data + 4, 3) + 1);
      frame.height = static_cast<int>(in.little(data + 7, 3) + 1);
      canvas = true;
    } else if (in.has(at, "VP8 ") && !canvas) {
      frame.width = static_cast<int>(in.little(data + 6, 2) & 0x3FFF);
      frame.height = static_cast<int>(in.little(data + 8, 2) & 0x3FFF);
    } else if (in.has(at, "VP8L") && !canvas) {
      const std::uint32_t bits = in.little(data + 1, 4);
      frame.width = static_cast<int>((bits & 0x3FFF) + 1);
      frame.height = static_cast<int>((bits >> 14 & 0x3FFF) + 1);
    } else if (in.has(at, "ANIM")) {
      frame.animated = true;
    }
    // The size may be present even if the chunk is truncated.
    const auto chunk = in.part(data, length);
    if (in.has(at, "EXIF")) {
      // Some writers keep JPEG's prefix before the TIFF structure.
      const bool prefixed = length >= 6 && in.has(data, std::string_view("Exif\0\0", 6));
      frame.orientation = exif_orientation(chunk.subspan(prefixed ? 6 : 0));
    }
    at = data + length + length % 2;
  }
  if (end > in.size()) throw CutOff();
}

void parse_bmp(const FileBytes& in, ImageFrame& frame) {
  const std::size_t pixels = in.little(10, 4);
  if (in.little(14, 4) == 12) {  // OS/2
    frame.width = static_cast<int>(in.little(18, 2));
    frame.height = static_cast<int>(in.little(20, 2));
    return;
  }
  const auto width = static_cast<std::int32_t>(in.little(18, 4));
  const auto height = static_cast<std::int32_t>(in.little(22, 4));  // negative: rows from the top
  frame.width = width;
  frame.height = height == INT32_MIN ? 0 : std::abs(height);
  check_size(frame, in);
  const std::uint32_t compression = in.little(30, 4);
  constexpr std::uint32_t last_known = 3;  // none, two of run lengths, bit fields
  if (compression > last_known) in.fail("its compression is unknown");
  const std::size_t row = (static_cast<std::size_t>(width) * in.little(28, 2) + 31) / 32 * 4;
  // By division, since the product of a header's values may exceed 64 bits.
  if (compression == 0 &&
      (pixels > in.size() ||
       (row > 0 && static_cast<std::size_t>(frame.height) > (in.size() - pixels) / row)))
    throw CutOff();
}

// GIF89a: signature, logical screen, palette; then blocks, each a chain of parts with a length
// byte, the last of them empty.

/// Bytes of a palette with these flags.
constexpr std::size_t gif_palette(unsigned flags) {
  return (flags & 0x80) != 0 ? std::size_t{6} << (flags & 7) : 0;
}

std::size_t end_of_gif_chain(const FileBytes& in, std::size_t at) {
  for (;;) {
    const std::size_t length = in.at(at);
    at += 1 + length;
    if (length == 0) return at;
  }
}

/// Searches for the beginning of a second picture.
bool is_animated_gif(const FileBytes& in) {
  constexpr unsigned extension = 0x21, picture = 0x2C;
  std::size_t at = 13 + gif_palette(in.at(10));
  for (int pictures = 0;;) {
    const unsigned block = in.at(at);
    if (block == extension) {
      at = end_of_gif_chain(in, at + 2);
    } else if (block == picture) {
      if (++pictures > 1) return true;
      at = end_of_gif_chain(in, at + 11 + gif_palette(in.at(at + 9)));
    } else {
      return false;
    }
  }
}

void parse_gif(const FileBytes& in, ImageFrame& frame) {
  frame.width = static_cast<int>(in.little(6, 2));
  frame.height = static_cast<int>(in.little(8, 2));
  try {
    frame.animated = is_animated_gif(in);
  } catch (const CutOff&) {  // its decoder will notice
  }
}

}  // namespace

std::optional<ImageFrame> parse_image_frame(std::span<const std::uint8_t> bytes,
                                            const std::string& name) {
  const FileBytes in(bytes, name);
  ImageFrame frame;
  void (*parse)(const FileBytes&, ImageFrame&) = nullptr;
  const auto is = [&](ImageFormat format, void (*parser)(const FileBytes&, ImageFrame&)) {
    frame.format = format;
    parse = parser;
  };
  if (in.has(0, "\xFF\xD8\xFF"))
    is(ImageFormat::jpeg, parse_jpeg);
  else if (in.has(0, "\x89PNG\r\n\x1A\n"))
    is(ImageFormat::png, parse_png);
  else if (in.has(0, "RIFF") && in.has(8, "WEBP"))
    is(ImageFormat::webp, parse_webp);
  else if (in.has(0, "BM"))
    is(ImageFormat::bmp, parse_bmp);
  else if (in.has(0, "GIF87a") || in.has(0, "GIF89a"))
    is(ImageFormat::gif, parse_gif);
  try {
    if (parse != nullptr)
      parse(in, frame);
    else if (in.has(0, std::string_view("II*\0", 4)) || in.has(0, std::string_view("MM\0*", 4)))
      frame = tiff_frame(bytes);
    else if (in.has(4, "ftyp") && is_heif(bytes))
      frame = heif_frame(bytes);
    else
      return std::nullopt;
  } catch (const CutOff&) {
    if (frame.width <= 0 || frame.height <= 0) in.fail("the file is truncated");
    frame.cut_off = true;
  } catch (const DecodeFailure& failure) {
    in.fail(failure.why);
  }
  check_size(frame, in);
  return frame;
}

}  // namespace faceshot::media
