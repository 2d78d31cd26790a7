// The font of labels, part of the program.
#pragma once

#include <cstdint>
#include <span>

namespace faceshot::media {

/// font/labels.ttf; made into code by CMake.
[[nodiscard]] std::span<const std::uint8_t> label_font() noexcept;

}  // namespace faceshot::media
