// Positions of a sliding window on an input of known size.
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

/// Convolution and pooling. With ceil_mode, the padding at the end completes the last window; a
/// last window that would start in the padding is omitted, as in ONNX Runtime and PyTorch.
/// @param input NCHW
[[nodiscard]] FittedWindow fit_window(const Window& window, const Shape& input);

/// Transposed convolution, by ONNX's formula for ConvTranspose. The padding at the end is reduced
/// by output_padding and may be negative: that many pixels are outside every window.
/// @param input NCHW
[[nodiscard]] FittedWindow fit_transposed_window(const Window& window, const Shape& input);

}  // namespace faceshot::engine
