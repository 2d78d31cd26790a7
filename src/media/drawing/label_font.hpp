// The labels' font, embedded in the program.
#pragma once

#include <cstdint>
#include <span>

namespace faceshot::media {

/// font/labels.ttf, turned into code by CMake.
[[nodiscard]] std::span<const std::uint8_t> label_font() noexcept;

}  // namespace faceshot::media
