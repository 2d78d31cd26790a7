// Options of the subcommands that process large photographs tile by tile.
#pragma once

#include <CLI/CLI.hpp>

#include "faceshot/tiling.hpp"

namespace faceshot::cli {

/// Adds --tile and --tile-overlap. Both must outlive the command; tiles.size is 0 where none are
/// asked for, and has to be 0 before.
void add_tile_options(CLI::App& command, TileOptions& tiles);

}  // namespace faceshot::cli
