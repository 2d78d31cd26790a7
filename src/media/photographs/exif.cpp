#include "media/photographs/exif.hpp"

namespace faceshot::media {
namespace {

constexpr std::size_t ifd_entry_bytes = 12;
constexpr unsigned orientation_tag = 0x0112;
constexpr unsigned type_short = 3;

/// Unsigned integers of a TIFF structure in its own byte order; 0 beyond the end.
struct TiffReader {
  std::span<const std::uint8_t> bytes;
  bool little;

  [[nodiscard]] std::uint32_t read(std::size_t at, std::size_t count) const noexcept {
    if (at > bytes.size() || count > bytes.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8 | bytes[at + (little ? count - 1 - i : i)];
    return value;
  }
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> tiff) noexcept {
  if (tiff.size() < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) return 1;
  const TiffReader in{tiff, tiff[0] == 'I'};
  if (in.read(2, 2) != 42) return 1;
  const std::size_t directory = in.read(4, 4);
  const std::size_t entries = in.read(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * ifd_entry_bytes;
    if (in.read(entry, 2) != orientation_tag || in.read(entry + 2, 2) != type_short) continue;
    const std::uint32_t value = in.read(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace faceshot::media
