// Finding small faces in very large photographs: tile by tile.
#pragma once

#include <cstddef>
#include <functional>

namespace faceshot {
inline namespace v0_1 {

/// How Detector::detect_tiled() cuts a photograph.
struct TileOptions {
  /// Sides of a tile, pixels of the photograph, from 64 to 16384; tiles are not scaled. Smaller
  /// where the photograph is, or where the network was made for one smaller input size.
  int size = 640;
  /// Share of a tile that its neighbours cover too, at least; in [0, 0.75]. Faces up to
  /// overlap * size lie whole in some tile; larger ones must be found in the reduced photograph.
  double overlap = 0.25;
  /// If given, called when a tile is done: tiles done and tiles in all. One call at a time, from
  /// any of the threads. What it throws ends the work and is thrown on.
  std::function<void(std::size_t done, std::size_t all)> progress = nullptr;
};

}  // namespace v0_1
}  // namespace faceshot
