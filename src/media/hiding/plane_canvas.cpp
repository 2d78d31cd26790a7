#include "media/hiding/plane_canvas.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace faceshot::media {

PlaneCanvas::PlaneCanvas(const Canvas& picture) : width_(picture.width), height_(picture.height) {
  for (int c = 0; c < 3; ++c)
    planes_.push_back({.data = picture.data + c,
                       .stride = picture.stride,
                       .step = 3,
                       .width = width_,
                       .height = height_});
}

PlaneCanvas::PlaneCanvas(int width, int height, std::vector<PaintPlane> planes,
                         const PaintColours& colours)
    : planes_(std::move(planes)), width_(width), height_(height), colours_(colours) {}

std::array<int, 3> PlaneCanvas::values_of(const Bgr& colour) const {
  if (!colours_.yuv) return {colour[0], colour[1], colour[2]};
  const double red_share = colours_.hd ? 0.2126 : 0.299, blue_share = colours_.hd ? 0.0722 : 0.114;
  const double blue = colour[0] / 255.0, green = colour[1] / 255.0, red = colour[2] / 255.0;
  const double luma = red_share * red + blue_share * blue + (1 - red_share - blue_share) * green;
  const double u = (blue - luma) / (2 * (1 - blue_share)), v = (red - luma) / (2 * (1 - red_share));
  const double scale = static_cast<double>(1 << colours_.depth) / 256, most = 256 * scale - 1;
  const auto value = [&](double x) {
    return static_cast<int>(std::lround(std::clamp(x, 0.0, most)));
  };
  const double middle = 128 * scale;
  if (colours_.full)
    return {value(luma * most), value(middle + u * most), value(middle + v * most)};
  return {value((16 + 219 * luma) * scale), value(middle + 224 * u * scale),
          value(middle + 224 * v * scale)};
}

}  // namespace faceshot::media
