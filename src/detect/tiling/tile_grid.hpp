// Positions of the tiles of a large photograph.
#pragma once

#include <vector>

#include "faceshot/image_view.hpp"

namespace faceshot::detect {

/// Pixels of the photograph.
struct Tile {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const Tile&, const Tile&) = default;
};

/// Tiles that cover the image, row by row: as few as the overlap allows, evenly spaced, so that
/// excess makes the overlaps larger rather than tiles smaller. Tiles begin at even columns and
/// rows, where NV12's chroma can be cut; the last ones are a pixel smaller if that requires it.
/// @param tile_width, tile_height even; the image's if that is smaller
/// @param overlap minimum share of a tile's side that the next one also covers; in [0, 1)
[[nodiscard]] std::vector<Tile> tile_grid(int image_width, int image_height, int tile_width,
                                          int tile_height, double overlap);

/// The tile's part of the same pixels.
/// @pre the tile lies in the image and begins at an even column and row
[[nodiscard]] ImageView view_of_tile(const ImageView& image, const Tile& tile);

}  // namespace faceshot::detect
