#include "common/tiles.hpp"

namespace faceshot::cli {

void add_tile_options(CLI::App& command, TileOptions& tiles) {
  CLI::Option* const tile =
      command
          .add_option("--tile", tiles.size,
                      "Look at photographs larger than --max-side in tiles of so many pixels at "
                      "their own scale, too: for small faces, such as 640")
          ->check(CLI::Range(64, 16384));
  command
      .add_option("--tile-overlap", tiles.overlap,
                  "Share of a tile that the next one covers, too; faces larger than that must be "
                  "found at --max-side")
      ->check(CLI::Range(0.0, 0.75))
      ->needs(tile)
      ->capture_default_str();
}

}  // namespace faceshot::cli
