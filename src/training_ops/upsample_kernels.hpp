// A map plus a coarser one, doubled in size by nearest neighbour, of one image. Plain arrays, no
// Torch; add_upsampled.hpp combines them. Pure functions, thread safe.
#pragma once

#include <cstddef>

#include "training_ops/element.hpp"

namespace faceshot::training_ops::upsample {

struct Shape {
  std::size_t height, width;  ///< of the coarse map
  std::size_t channels;
};

/// sum[2y + a][2x + b] = fine[2y + a][2x + b] + coarse[y][x] for a, b in {0, 1}
template <typename Element>
void add(const Element* fine, const Element* coarse, Element* sum, const Shape& shape);

/// The coarse map's gradient: sums of four.
template <typename Element>
void backward(const Element* dsum, Element* dcoarse, const Shape& shape);

}  // namespace faceshot::training_ops::upsample
