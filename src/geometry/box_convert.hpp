// Converts foreign box conventions to FaceShot's and back; the only place that does.
#pragma once

#include "faceshot/box.hpp"

namespace faceshot::geometry {

/// Left, top, width, height as in WIDER FACE, COCO and FDDB result files (continuous pixels).
struct Xywh {
  float x = 0, y = 0, w = 0, h = 0;
};

[[nodiscard]] constexpr Box from_xywh(const Xywh& b) noexcept {
  return {b.x, b.y, b.x + b.w, b.y + b.h};
}
[[nodiscard]] constexpr Xywh to_xywh(const Box& b) noexcept {
  return {b.x1, b.y1, b.width(), b.height()};
}

/// Centre and size relative to the image, as in YOLO; each in [0, 1].
struct NormalizedCxcywh {
  float cx = 0, cy = 0, w = 0, h = 0;
};

[[nodiscard]] constexpr Box from_normalized_cxcywh(const NormalizedCxcywh& b, float image_width,
                                                   float image_height) noexcept {
  return {(b.cx - 0.5F * b.w) * image_width, (b.cy - 0.5F * b.h) * image_height,
          (b.cx + 0.5F * b.w) * image_width, (b.cy + 0.5F * b.h) * image_height};
}

}  // namespace faceshot::geometry
