#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "media/photographs/codecs.hpp"

namespace faceshot::media {
namespace {

struct Reader {
  std::span<const std::uint8_t> left;
};

int read(GifFileType* gif, GifByteType* target, int count) {
  auto* const reader = static_cast<Reader*>(gif->UserData);
  const std::size_t given =
      std::min(static_cast<std::size_t>(std::max(0, count)), reader->left.size());
  std::memcpy(target, reader->left.data(), given);
  reader->left = reader->left.subspan(given);
  return static_cast<int>(given);
}

struct CloseGif {
  void operator()(GifFileType* gif) const {
    int ignored = 0;
    DGifCloseFile(gif, &ignored);
  }
};

[[noreturn]] void fail(int code) {
  const char* const why = GifErrorString(code);
  throw DecodeFailure{why != nullptr ? why : "giflib rejects it"};
}

void skip_extension(GifFileType* gif) {
  int code = 0;
  GifByteType* block = nullptr;
  if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) fail(gif->Error);
  while (block != nullptr)
    if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) fail(gif->Error);
}

/// Skips to the first image. @throws DecodeFailure if there is none
void find_image(GifFileType* gif) {
  for (;;) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &type) == GIF_ERROR) fail(gif->Error);
    if (type == TERMINATE_RECORD_TYPE) throw DecodeFailure{"it contains no picture"};
    if (type == EXTENSION_RECORD_TYPE) skip_extension(gif);
    if (type == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) fail(gif->Error);
      return;
    }
  }
}

/// Rows in the order in which an interlaced image stores them.
std::vector<int> row_order(int height, bool interlaced) {
  std::vector<int> order;
  if (!interlaced) {
    for (int y = 0; y < height; ++y) order.push_back(y);
    return order;
  }
  constexpr std::array<std::pair<int, int>, 4> passes{{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  for (const auto& [first, step] : passes)
    for (int y = first; y < height; y += step) order.push_back(y);
  return order;
}

}  // namespace

Decoded decode_gif(const Encoded& file, const Allocate& allocate) {
  Reader reader{file.bytes};
  int error = 0;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&reader, read, &error));
  if (!gif) fail(error);
  find_image(gif.get());
  const GifImageDesc& part = gif->Image;
  const ColorMapObject* const colours = part.ColorMap != nullptr ? part.ColorMap : gif->SColorMap;
  if (colours == nullptr) throw DecodeFailure{"it has no palette"};
  const int width = gif->SWidth;
  const int height = gif->SHeight;
  if (width <= 0 || height <= 0 || part.Width <= 0 || part.Height <= 0)
    throw DecodeFailure{"it has no width and height"};
  std::uint8_t* const pixels = allocate(width, height);
  const auto at = [&](int x, int y) {
    return pixels + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(x));
  };
  std::memset(pixels, 0, 3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  std::vector<GifPixelType> row(static_cast<std::size_t>(part.Width));
  for (const int y : row_order(part.Height, part.Interlace)) {
    if (DGifGetLine(gif.get(), row.data(), part.Width) == GIF_ERROR) fail(gif->Error);
    if (part.Top + y < 0 || part.Top + y >= height) continue;
    for (int x = 0; x < part.Width; ++x) {
      const int index = row[static_cast<std::size_t>(x)];
      if (part.Left + x < 0 || part.Left + x >= width || index >= colours->ColorCount) continue;
      const GifColorType& colour = colours->Colors[index];
      std::uint8_t* const bgr = at(part.Left + x, part.Top + y);
      bgr[0] = colour.Blue;
      bgr[1] = colour.Green;
      bgr[2] = colour.Red;
    }
  }
  return {};
}

}  // namespace faceshot::media
