// Draws any part of an endless plane, seen by a camera that rotates, zooms and shifts.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "faceshot/camera_motion.hpp"
#include "faceshot/image_view.hpp"

namespace faceshot::testing {

/// Smooth noise in [0, 1) with features of about `scale` pixels.
inline double plane_noise(double x, double y, double scale, std::uint32_t seed) {
  const auto at = [&](double i, double j) {
    auto h = static_cast<std::uint32_t>(static_cast<std::int64_t>(i) * 374761393 +
                                        static_cast<std::int64_t>(j) * 668265263) +
             seed * 2246822519U;
    h = (h ^ (h >> 13)) * 1274126177U;
    return static_cast<double>((h ^ (h >> 16)) & 0xFFFFU) / 65536;
  };
  const double u = x / scale, v = y / scale, i = std::floor(u), j = std::floor(v);
  const auto ease = [](double t) { return t * t * (3 - 2 * t); };
  const double a = ease(u - i), b = ease(v - j);
  return (at(i, j) * (1 - a) + at(i + 1, j) * a) * (1 - b) +
         (at(i, j + 1) * (1 - a) + at(i + 1, j + 1) * a) * b;
}

struct GrayFrame {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

  [[nodiscard]] ImageView view() const {
    return {pixels.data(), width, height, width, PixelFormat::gray};
  }
};

/// @param from_world maps a point of the plane to the picture
inline GrayFrame draw_world(int width, int height, const CameraMotion& from_world,
                            std::uint32_t seed) {
  GrayFrame frame{width, height, {}};
  const CameraMotion m = from_world.inverse();
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double px = x + 0.5, py = y + 0.5;
      const double wx = m.xx * px + m.xy * py + m.tx, wy = m.yx * px + m.yy * py + m.ty;
      const double value =
          0.6 * plane_noise(wx, wy, 34, seed) + 0.4 * plane_noise(wx, wy, 13, seed + 1);
      frame.pixels.push_back(static_cast<std::uint8_t>(20 + 200 * value));
    }
  return frame;
}

}  // namespace faceshot::testing
