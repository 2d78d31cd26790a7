#include "common/tiles.hpp"

namespace faceshot::cli {

void add_tile_options(CLI::App& command, TileOptions& tiles) {
  CLI::Option* const tile =
      command
          .add_option("--tile", tiles.size,
                      "Also search photographs larger than --max-side at full resolution, in tiles "
                      "of this many pixels, such as 640; finds smaller faces")
          ->check(CLI::Range(64, 16384));
  command
      .add_option("--tile-overlap", tiles.overlap,
                  "Overlap of neighbouring tiles as a share of the tile; larger faces must be "
                  "found at --max-side")
      ->check(CLI::Range(0.0, 0.75))
      ->needs(tile)
      ->capture_default_str();
}

}  // namespace faceshot::cli
