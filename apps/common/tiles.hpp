// Options of the subcommands that process large photographs tile by tile.
#pragma once

#include <CLI/CLI.hpp>

#include "faceshot/tiling.hpp"

namespace faceshot::cli {

/// Adds --tile and --tile-overlap. Both must outlive the command; tiles.size must be 0 before, and
/// stays 0 if no tiles are requested.
void add_tile_options(CLI::App& command, TileOptions& tiles);

}  // namespace faceshot::cli
