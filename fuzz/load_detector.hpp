// Uses a detector's file like a program does: loads it, determines its input, runs it on pixels.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "faceshot/detector.hpp"
#include "faceshot/image_view.hpp"

namespace faceshot {

inline void load_detector(const std::filesystem::path& path) {
  static constexpr int side = 48;
  static constexpr std::array<std::uint8_t, 3 * side * side> pixels{};
  const Detector detector(path.string(), {.score_threshold = 0.01F, .max_side = 64});
  (void)detector.detect(
      {.data = pixels.data(), .width = side, .height = side, .stride = 3 * side});
}

}  // namespace faceshot
