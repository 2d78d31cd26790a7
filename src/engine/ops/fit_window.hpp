// Where a window that walks over height and width lies on an input of known size.
#pragma once

#include <array>
#include <cstdint>

#include "engine/graph/graph.hpp"

namespace faceshot::engine {

struct FittedWindow {
  std::array<std::int64_t, 2> kernel{};
  std::array<std::int64_t, 4> padding{};  ///< in effect: top, left, bottom, right
  std::array<std::int64_t, 2> output{};   ///< height and width; below 1 if the window does not fit
};

/// Convolution and pooling. With ceil_mode the padding at the end is what makes the last window
/// complete, and a last window that would start in it is left out, as ONNX Runtime and PyTorch do.
/// @param input NCHW
[[nodiscard]] FittedWindow fit_window(const Window& window, const Shape& input);

/// Transposed convolution, by ONNX's formula for ConvTranspose; the padding at the end has
/// output_padding taken off, and may be negative: so many pixels are reached by no window.
/// @param input NCHW
[[nodiscard]] FittedWindow fit_transposed_window(const Window& window, const Shape& input);

}  // namespace faceshot::engine
