#include "media/drawing/canvas.hpp"

#include <cmath>

namespace faceshot::media {

void fill(const Canvas& canvas, const Rectangle& area, const Bgr& colour) {
  const Rectangle part = area & canvas.all();
  for (int y = part.y; y < part.bottom(); ++y)
    for (int x = part.x; x < part.right(); ++x)
      std::copy(colour.begin(), colour.end(), canvas.at(x, y));
}

void draw_disc(const Canvas& canvas, float x, float y, float radius, const Bgr& colour) {
  const float reach = radius + 1;
  const auto first = [](float v) { return std::max(0, static_cast<int>(std::floor(v))); };
  const int right = std::min(canvas.width, static_cast<int>(std::ceil(x + reach)));
  const int bottom = std::min(canvas.height, static_cast<int>(std::ceil(y + reach)));
  for (int row = first(y - reach); row < bottom; ++row)
    for (int column = first(x - reach); column < right; ++column) {
      const float distance =
          std::hypot(static_cast<float>(column) + 0.5F - x, static_cast<float>(row) + 0.5F - y);
      const float coverage = std::clamp(radius + 0.5F - distance, 0.0F, 1.0F);
      blend(canvas, column, row, colour, static_cast<int>(std::lround(255 * coverage)));
    }
}

}  // namespace faceshot::media
