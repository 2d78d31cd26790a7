// Finding small faces in very large photographs: tile by tile.
#pragma once

#include <cstddef>
#include <functional>

namespace faceshot {
inline namespace v0_1 {

/// How Detector::detect_tiled() cuts a photograph.
struct TileOptions {
  /// Sides of a tile in pixels of the photograph, 64 to 16384; tiles are not scaled. Smaller if
  /// the photograph is, or if the network has a smaller fixed input size.
  int size = 640;
  /// Minimum share of a tile that its neighbours also cover, in [0, 0.75]. Faces up to
  /// overlap * size are complete in some tile; larger ones must be found in the scaled-down
  /// photograph.
  double overlap = 0.25;
  /// If given, called when a tile is done, with the number done and the total. One call at a time,
  /// from any of the threads. An exception ends the work and is rethrown.
  std::function<void(std::size_t done, std::size_t all)> progress = nullptr;
};

}  // namespace v0_1
}  // namespace faceshot
