#include "detect/tiling/tile_grid.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace faceshot::detect {
namespace {

struct Span {
  int start = 0, length = 0;
};

/// In pairs of pixels, so that all starts are even.
std::vector<Span> cover(int length, int tile, double overlap) {
  if (length <= tile) return {{0, length}};
  const int pairs = (length + 1) / 2;
  const int tile_pairs = tile / 2;
  const int most = std::max(1, static_cast<int>(std::floor(tile_pairs * (1 - overlap))));
  const int steps = (pairs - tile_pairs + most - 1) / most;
  std::vector<Span> spans;
  for (int i = 0; i <= steps; ++i) {
    const int start = 2 * static_cast<int>(std::int64_t{pairs - tile_pairs} * i / steps);
    spans.push_back({start, std::min(tile, length - start)});
  }
  return spans;
}

}  // namespace

std::vector<Tile> tile_grid(int image_width, int image_height, int tile_width, int tile_height,
                            double overlap) {
  std::vector<Tile> tiles;
  const std::vector<Span> columns = cover(image_width, tile_width, overlap);
  for (const Span& row : cover(image_height, tile_height, overlap))
    for (const Span& column : columns)
      tiles.push_back({column.start, row.start, column.length, row.length});
  return tiles;
}

ImageView view_of_tile(const ImageView& image, const Tile& tile) {
  assert(tile.x >= 0 && tile.x % 2 == 0 && tile.width <= image.width - tile.x);
  assert(tile.y >= 0 && tile.y % 2 == 0 && tile.height <= image.height - tile.y);
  ImageView view = image;
  view.data = image.row(tile.y) + std::ptrdiff_t{tile.x} * bytes_per_pixel(image.format);
  view.width = tile.width;
  view.height = tile.height;
  // One pair of bytes for two columns: as many bytes as columns.
  if (image.format == PixelFormat::nv12)
    view.chroma = image.chroma + image.chroma_stride * (tile.y / 2) + tile.x;
  if (image.format == PixelFormat::i420) {
    const std::ptrdiff_t first = image.chroma_stride * (tile.y / 2) + tile.x / 2;
    view.chroma = image.chroma + first;
    view.chroma_red = image.chroma_red + first;
  }
  return view;
}

}  // namespace faceshot::detect
