// From 8-bit pixels to normalised numbers. Plain arrays, no Torch. Pure, thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "training_ops/element.hpp"

namespace faceshot::training_ops {

/// to[i] = (from[i] - mean[i % 3]) * scale[i % 3], rounded once.
/// @param pixels  of three bytes each
template <typename Element>
void normalise_pixels(const std::uint8_t* from, Element* to, std::size_t pixels,
                      const std::array<float, 3>& mean, const std::array<float, 3>& scale);

}  // namespace faceshot::training_ops
