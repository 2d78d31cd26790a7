#include "media/photographs/image_tags.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace faceshot::media {
namespace {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

constexpr std::string_view icc_name{"ICC_PROFILE\0", 12}, exif_name{"Exif\0\0", 6};

bool starts_with(View bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// Calls `take(marker, whole segment, its content)` for each segment before the pixels.
template <class Take>
void for_each_segment(View jpeg, const Take& take) {
  std::size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xFF) {
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    constexpr std::uint8_t start_of_scan = 0xDA;
    const std::size_t length = static_cast<std::size_t>(jpeg[at + 2]) << 8 | jpeg[at + 3];
    if (marker == start_of_scan || length < 2 || length + 2 > jpeg.size() - at) return;
    take(marker, jpeg.subspan(at, length + 2), jpeg.subspan(at + 4, length - 2));
    at += length + 2;
  }
}

/// Reads TIFF in its own byte order, and writes big endian.
class ExifCopy {
 public:
  explicit ExifCopy(View tiff) : in_(tiff), little_(tiff.size() > 1 && tiff[0] == 'I') {}

  /// Nothing if it is not TIFF.
  std::optional<Bytes> make() {
    if (in_.size() < 8 || in_[0] != in_[1] || (in_[0] != 'I' && in_[0] != 'M') || read(2, 2) != 42)
      return std::nullopt;
    out_ = {'M', 'M', 0, 42, 0, 0, 0, 8};
    copy_directory(read(4, 4), 0);
    return out_.size() <= most_bytes ? std::optional(out_) : std::nullopt;
  }

 private:
  static constexpr std::size_t entry_bytes = 12, most_bytes = 65000;
  static constexpr std::uint32_t largest_value = 4096, most_entries = 200;
  static constexpr std::uint32_t orientation = 0x0112, camera = 0x8769, place = 0x8825;
  /// bytes per value of each type; 0: unknown
  static constexpr std::array<std::uint32_t, 13> size_of{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  /// Maker notes, comments of programs, and tags that refer to pictures or to data that are not
  /// copied: thumbnails (0x0201, 0x0202), strips and tiles, private directories, XMP, Photoshop's
  /// and Windows' own.
  static constexpr std::array<std::uint32_t, 17> left_out{
      0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202, 0x02BC, 0x8649,
      0x83BB, 0x927C, 0xA005, 0xA302, 0xC634, 0xEA1C, 0xC4A5, 0x8773};

  struct Entry {
    std::uint32_t tag, type, count;
    Bytes value;                  ///< big endian
    std::uint32_t directory = 0;  ///< another one that it refers to; 0: none
  };

  [[nodiscard]] std::uint32_t read(std::size_t at, std::size_t count) const {
    if (at > in_.size() || count > in_.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | in_[at + (little_ ? count - 1 - i : i)];
    return value;
  }
  void put(std::size_t at, std::uint32_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      out_[at + i] = static_cast<std::uint8_t>(value >> 8 * (count - 1 - i));
  }

  [[nodiscard]] std::optional<Entry> entry_at(std::size_t at, int depth) const {
    Entry e{read(at, 2), read(at + 2, 2), read(at + 4, 4), {}};
    if (e.type >= size_of.size() || size_of[e.type] == 0 || e.count == 0 ||
        e.count > largest_value / size_of[e.type] ||
        std::find(left_out.begin(), left_out.end(), e.tag) != left_out.end())
      return std::nullopt;
    if (e.tag == camera || e.tag == place) {
      if (depth > 0 || e.type != 4 || e.count != 1) return std::nullopt;
      e.directory = read(at + 8, 4);
      e.value.assign(4, 0);
      return e;
    }
    const std::size_t bytes = std::size_t{e.count} * size_of[e.type];
    const std::size_t from = bytes <= 4 ? at + 8 : read(at + 8, 4);
    if (from > in_.size() || bytes > in_.size() - from) return std::nullopt;
    e.value.assign(in_.begin() + static_cast<std::ptrdiff_t>(from),
                   in_.begin() + static_cast<std::ptrdiff_t>(from + bytes));
    // Rationals are two four-byte numbers.
    const std::size_t word = e.type == 5 || e.type == 10 ? 4 : size_of[e.type];
    if (little_)
      for (std::size_t i = 0; i + word <= bytes; i += word)
        std::reverse(e.value.begin() + static_cast<std::ptrdiff_t>(i),
                     e.value.begin() + static_cast<std::ptrdiff_t>(i + word));
    if (e.tag == orientation && e.value.size() == 2) e.value = {0, 1};
    return e;
  }

  void copy_directory(std::size_t from, int depth) {
    std::vector<Entry> entries;
    const std::uint32_t count = std::min(read(from, 2), most_entries);
    for (std::uint32_t i = 0; i < count; ++i)
      if (auto e = entry_at(from + 2 + i * entry_bytes, depth)) entries.push_back(std::move(*e));
    const std::size_t start = out_.size();
    out_.resize(start + 2 + entries.size() * entry_bytes + 4, 0);  // no further directory follows
    put(start, static_cast<std::uint32_t>(entries.size()), 2);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry& e = entries[i];
      const std::size_t at = start + 2 + i * entry_bytes;
      put(at, e.tag, 2);
      put(at + 2, e.type, 2);
      put(at + 4, e.count, 4);
      if (e.directory != 0) {
        put(at + 8, static_cast<std::uint32_t>(out_.size()), 4);
        copy_directory(e.directory, depth + 1);
      } else if (e.value.size() <= 4) {
        std::copy(e.value.begin(), e.value.end(),
                  out_.begin() + static_cast<std::ptrdiff_t>(at + 8));
      } else {
        put(at + 8, static_cast<std::uint32_t>(out_.size()), 4);
        out_.insert(out_.end(), e.value.begin(), e.value.end());
        if (out_.size() % 2 != 0) out_.push_back(0);
      }
    }
  }

  View in_;
  bool little_;
  Bytes out_;
};

void append(Bytes& to, View bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

Bytes jpeg_tags(View file, bool exif) {
  constexpr std::uint8_t app1 = 0xE1, app2 = 0xE2;
  Bytes tags, profile;
  for_each_segment(file, [&](std::uint8_t marker, View whole, View content) {
    // A profile for CMYK or grey would not fit the written pixels.
    constexpr std::size_t colours_at = icc_name.size() + 2 + 16;
    if (marker == app2 && starts_with(content, icc_name)) {
      if (profile.empty() &&
          (content.size() < colours_at || !starts_with(content.subspan(colours_at), "RGB ")))
        return;
      append(profile, whole);
    }
    if (!exif || marker != app1 || !starts_with(content, exif_name) || !tags.empty()) return;
    const auto copy = ExifCopy(content.subspan(exif_name.size())).make();
    if (!copy) return;
    const std::size_t length = 2 + exif_name.size() + copy->size();
    tags = {0xFF, app1, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    tags.insert(tags.end(), exif_name.begin(), exif_name.end());
    append(tags, *copy);
  });
  append(tags, profile);
  return tags;
}

Bytes png_tags(View file) {
  Bytes tags;
  constexpr std::size_t colour_type_at = 25;
  constexpr std::uint8_t coloured = 2;
  if (file.size() <= colour_type_at || (file[colour_type_at] & coloured) == 0) return tags;
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = static_cast<std::size_t>(file[at]) << 24 |
                               static_cast<std::size_t>(file[at + 1]) << 16 |
                               static_cast<std::size_t>(file[at + 2]) << 8 | file[at + 3];
    if (length > file.size() - at - 12) break;
    for (const std::string_view name : {"iCCP", "sRGB", "gAMA", "cHRM"})
      if (starts_with(file.subspan(at + 4), name)) append(tags, file.subspan(at, length + 12));
    if (starts_with(file.subspan(at + 4), "IDAT")) break;
    at += length + 12;
  }
  return tags;
}

}  // namespace

ImageTags image_tags(View file, const ImageFrame& frame, bool exif) {
  if (frame.format == ImageFormat::jpeg) return {frame.format, jpeg_tags(file, exif)};
  if (frame.format == ImageFormat::png) return {frame.format, png_tags(file)};
  return {};
}

std::vector<std::uint8_t> with_image_tags(std::vector<std::uint8_t> file, ImageFormat format,
                                          const ImageTags& tags) {
  if (tags.bytes.empty() || tags.format != format) return file;
  std::size_t at = 0;
  if (format == ImageFormat::png) at = 8 + 25;  // after the signature and IHDR
  if (format == ImageFormat::jpeg) {
    at = 2;
    constexpr std::uint8_t app0 = 0xE0;
    if (file.size() > 6 && file[2] == 0xFF && file[3] == app0)
      at += 2 + (static_cast<std::size_t>(file[4]) << 8 | file[5]);
  }
  if (at > file.size()) return file;
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), tags.bytes.begin(), tags.bytes.end());
  return file;
}

}  // namespace faceshot::media
