// Windows bitmaps, versions 2 (OS/2) to 5: bits per pixel 1, 4, 8, 16, 24, 32, run lengths, bit
// fields. https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

using Colour = std::array<std::uint8_t, 3>;  // BGR

constexpr std::uint32_t compression_rle8 = 1;
constexpr std::uint32_t compression_rle4 = 2;
constexpr std::uint32_t compression_bitfields = 3;

/// Little endian; 0 beyond the end, so that the missing part of a truncated file is black.
std::uint32_t little(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;)
    value = value << 8 | (at + i < bytes.size() ? bytes[at + i] : 0U);
  return value;
}

struct Header {
  int width = 0, height = 0;
  bool from_top = false;
  std::uint32_t bits = 0, compression = 0;
  std::size_t pixels = 0;                ///< offset of the first row
  std::array<std::uint32_t, 3> masks{};  ///< of blue, green, red, for 16 or 32 bits
  std::vector<Colour> palette;
};

std::vector<Colour> read_palette(std::span<const std::uint8_t> bytes, std::size_t at,
                                 std::size_t entry_bytes, std::size_t colours) {
  std::vector<Colour> palette(colours);
  for (std::size_t i = 0; i < colours; ++i)
    for (std::size_t channel = 0; channel < 3; ++channel)
      palette[i][channel] =
          static_cast<std::uint8_t>(little(bytes, at + i * entry_bytes + channel, 1));
  return palette;
}

Header read_header(std::span<const std::uint8_t> bytes) {
  Header h;
  h.pixels = little(bytes, 10, 4);
  const std::size_t size = little(bytes, 14, 4);
  const bool os2 = size == 12;
  h.width = static_cast<int>(little(bytes, 18, os2 ? 2 : 4));
  const auto height = static_cast<std::int32_t>(os2 ? little(bytes, 20, 2) : little(bytes, 22, 4));
  h.from_top = height < 0;
  h.height = std::abs(height);
  h.bits = little(bytes, os2 ? 24 : 28, 2);
  if (!os2) h.compression = little(bytes, 30, 4);
  constexpr std::array<std::uint32_t, 6> known{1, 4, 8, 16, 24, 32};
  if (std::find(known.begin(), known.end(), h.bits) == known.end())
    throw DecodeFailure{"a bitmap with " + std::to_string(h.bits) + " bits per pixel"};
  if ((h.compression == compression_rle8 && h.bits != 8) ||
      (h.compression == compression_rle4 && h.bits != 4) ||
      (h.compression == compression_bitfields && h.bits != 16 && h.bits != 32))
    throw DecodeFailure{"its compression does not match its bits per pixel"};
  if (h.compression == compression_bitfields)
    h.masks = {little(bytes, 62, 4), little(bytes, 58, 4), little(bytes, 54, 4)};
  else if (h.bits == 16)
    h.masks = {0x1F, 0x3E0, 0x7C00};
  else
    h.masks = {0xFF, 0xFF00, 0xFF0000};
  if (h.bits <= 8) {
    const std::uint32_t said = os2 ? 0 : little(bytes, 46, 4);
    const std::uint32_t most = 1U << h.bits;
    h.palette = read_palette(bytes, 14 + size, os2 ? 3 : 4, said == 0 || said > most ? most : said);
    h.palette.resize(most);
  }
  return h;
}

/// The bits under a mask, scaled to 0 to 255.
std::uint8_t field(std::uint32_t value, std::uint32_t mask) {
  if (mask == 0) return 0;
  const std::uint32_t part = (value & mask) >> std::countr_zero(mask);
  const std::uint32_t most = mask >> std::countr_zero(mask);
  return static_cast<std::uint8_t>((std::uint64_t{part} * 255 + most / 2) / most);
}

void read_row(const Header& h, std::span<const std::uint8_t> bytes, std::size_t at,
              std::uint8_t* bgr) {
  const auto width = static_cast<std::size_t>(h.width);
  if (h.bits == 24) {
    const std::size_t there = at < bytes.size() ? std::min(3 * width, bytes.size() - at) : 0;
    if (there > 0) std::memcpy(bgr, bytes.data() + at, there);
    return;
  }
  for (std::size_t x = 0; x < width; ++x, bgr += 3) {
    if (h.bits > 8) {
      const std::uint32_t value = little(bytes, at + x * h.bits / 8, h.bits / 8);
      for (std::size_t channel = 0; channel < 3; ++channel)
        bgr[channel] = field(value, h.masks[channel]);
      continue;
    }
    const std::size_t bit = x * h.bits;
    const std::uint32_t shift = 8 - h.bits - static_cast<std::uint32_t>(bit % 8);
    const std::uint32_t index = little(bytes, at + bit / 8, 1) >> shift & ((1U << h.bits) - 1);
    std::memcpy(bgr, h.palette[index].data(), 3);
  }
}

/// Palette pixels in run-length encoding; skipped ones are unchanged.
class RunLengths {
 public:
  RunLengths(const Header& header, std::span<const std::uint8_t> bytes, std::uint8_t* pixels)
      : header_(header), bytes_(bytes), pixels_(pixels), at_(header.pixels) {}

  void read() {
    while (at_ + 1 < bytes_.size() && y_ < header_.height) {
      const unsigned count = bytes_[at_++];
      const unsigned value = bytes_[at_++];
      if (count > 0) {
        for (unsigned i = 0; i < count; ++i) put(index(value, i));
      } else if (value == 0) {
        x_ = 0;
        ++y_;
      } else if (value == 1) {
        return;
      } else if (value == 2) {
        x_ += static_cast<int>(little(bytes_, at_, 1));
        y_ += static_cast<int>(little(bytes_, at_ + 1, 1));
        at_ += 2;
      } else {
        literal(value);
      }
    }
  }

 private:
  [[nodiscard]] unsigned index(unsigned value, unsigned i) const {
    if (header_.bits == 8) return value;
    return i % 2 == 0 ? value >> 4 : value & 15;
  }
  void literal(unsigned count) {
    const bool whole = header_.bits == 8;
    for (unsigned i = 0; i < count; ++i)
      put(index(little(bytes_, at_ + (whole ? i : i / 2), 1), i));
    const std::size_t used = whole ? count : (count + 1) / 2;
    at_ += used + used % 2;
  }
  void put(unsigned index) {
    if (x_ < header_.width && y_ < header_.height) {
      const int row = header_.from_top ? y_ : header_.height - 1 - y_;
      std::memcpy(
          pixels_ + 3 * (static_cast<std::size_t>(row) * static_cast<std::size_t>(header_.width) +
                         static_cast<std::size_t>(x_)),
          header_.palette[index].data(), 3);
    }
    ++x_;
  }

  const Header& header_;
  std::span<const std::uint8_t> bytes_;
  std::uint8_t* pixels_;
  std::size_t at_;
  int x_ = 0, y_ = 0;
};

}  // namespace

Decoded decode_bmp(const Encoded& file, const Allocate& allocate) {
  const Header h = read_header(file.bytes);
  std::uint8_t* const pixels = allocate(h.width, h.height);
  const std::size_t row_bytes = 3 * static_cast<std::size_t>(h.width);
  if (file.frame.cut_off || h.compression == compression_rle8 || h.compression == compression_rle4)
    std::memset(pixels, 0, row_bytes * static_cast<std::size_t>(h.height));
  Decoded result;
  if (file.frame.cut_off) result.warning = "the file is truncated";
  if (h.compression == compression_rle8 || h.compression == compression_rle4) {
    RunLengths(h, file.bytes, pixels).read();
    return result;
  }
  const std::size_t stride = (static_cast<std::size_t>(h.width) * h.bits + 31) / 32 * 4;
  for (int y = 0; y < h.height; ++y) {
    const int row = h.from_top ? y : h.height - 1 - y;
    const std::size_t at = h.pixels + static_cast<std::size_t>(y) * stride;
    std::uint8_t* const to = pixels + static_cast<std::size_t>(row) * row_bytes;
    // A header may claim millions of rows that do not exist.
    if (at >= file.bytes.size())
      std::memset(to, 0, row_bytes);
    else
      read_row(h, file.bytes, at, to);
  }
  return result;
}

std::vector<std::uint8_t> encode_bmp(const ImageView& image) {
  const auto row_bytes = 3 * static_cast<std::size_t>(image.width);
  const std::size_t stride = (row_bytes + 3) / 4 * 4;
  constexpr std::size_t header_bytes = 54;
  const std::size_t size = header_bytes + stride * static_cast<std::size_t>(image.height);
  std::vector<std::uint8_t> bytes(size);
  const auto put = [&](std::size_t at, std::size_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  put(0, 'B', 1);
  put(1, 'M', 1);
  put(2, size, 4);
  put(10, header_bytes, 4);
  put(14, 40, 4);
  put(18, static_cast<std::size_t>(image.width), 4);
  put(22, static_cast<std::size_t>(image.height), 4);
  put(26, 1, 2);
  put(28, 24, 2);
  for (int y = 0; y < image.height; ++y)
    std::memcpy(
        bytes.data() + header_bytes + stride * static_cast<std::size_t>(image.height - 1 - y),
        image.row(y), row_bytes);
  return bytes;
}

}  // namespace faceshot::media
