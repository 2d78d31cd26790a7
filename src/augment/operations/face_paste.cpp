#include "augment/operations/face_paste.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "augment/pixels/geometry.hpp"
#include "augment/pixels/warp.hpp"
#include "faceshot/error.hpp"

namespace faceshot::augment {
namespace {

using geometry::Annotation;

PixelMap map_of(const Annotation& face, const FacePaste& how) {
  const double scale = static_cast<double>(how.height / face.box.height());
  const double mirror = how.flip ? -1 : 1;
  const double c = scale * std::cos(static_cast<double>(how.roll));
  const double s = scale * std::sin(static_cast<double>(how.roll));
  const PixelMap to_origin(1, 0, -face.box.center_x(), 0, 1, -face.box.center_y(), 0, 0, 1);
  const PixelMap turned(mirror * c, -s, how.center.x, mirror * s, c, how.center.y, 0, 0, 1);
  return turned * to_origin;
}

/// Half the sides of the box of a rotated ellipse with these half axes.
cv::Size2f turned_half(float a, float b, float roll) {
  const float c = std::cos(roll), s = std::sin(roll);
  return {std::hypot(a * c, b * s), std::hypot(a * s, b * c)};
}

cv::Rect whole_pixels(float x1, float y1, float x2, float y2) {
  return {cv::Point(static_cast<int>(std::floor(x1)), static_cast<int>(std::floor(y1))),
          cv::Point(static_cast<int>(std::ceil(x2)), static_cast<int>(std::ceil(y2)))};
}

float luma(const std::uint8_t* p) {
  return 0.114F * static_cast<float>(p[0]) + 0.587F * static_cast<float>(p[1]) +
         0.299F * static_cast<float>(p[2]);
}

/// Brightness of the centre of a patch, which contains the face.
struct Light {
  float mean = 0, deviation = 1;
};

Light light_of(const cv::Mat& patch) {
  const int step = 1 + std::min(patch.cols, patch.rows) / 32;  // a thousand pixels are enough
  float sum = 0, squares = 0, count = 0;
  for (int y = patch.rows / 5; y < patch.rows - patch.rows / 5; y += step)
    for (int x = patch.cols / 5; x < patch.cols - patch.cols / 5; x += step) {
      const float l = luma(patch.ptr<std::uint8_t>(y) + 3 * x);
      sum += l;
      squares += l * l;
      ++count;
    }
  if (count == 0) return {};
  const float mean = sum / count;
  return {mean, std::sqrt(std::max(1.0F, squares / count - mean * mean))};
}

/// The colour change as a table, which saves one multiplication per pixel.
cv::Mat light_table(const cv::Mat& from, const cv::Mat& to, const FacePaste& how) {
  const Light a = light_of(from);
  const Light b = light_of(to);
  // A dark wall behind a face must not make the face black.
  const float ratio = std::clamp((b.mean + 20) / (a.mean + 20), 0.5F, 1.8F);
  const float gain = how.gain * std::lerp(1.0F, ratio, how.relight);
  const float contrast =
      std::lerp(1.0F, std::clamp(b.deviation / a.deviation, 0.6F, 1.4F), 0.5F * how.relight);
  cv::Mat table(1, 256, CV_8UC1);
  for (int i = 0; i < 256; ++i)
    table.at<std::uint8_t>(0, i) = cv::saturate_cast<std::uint8_t>(
        gain * (a.mean + contrast * (static_cast<float>(i) - a.mean)));
  return table;
}

void require_bgr(const cv::Mat& image, const char* name) {
  if (image.empty() || image.type() != CV_8UC3)
    throw Error(ErrorCode::invalid_argument,
                std::string("the ") + name + " of a pasted face must be an 8-bit BGR image");
}

}  // namespace

Annotation paste_face(const cv::Mat& source, const Annotation& face, const FacePaste& how,
                      cv::Mat& target) {
  require_bgr(source, "source");
  require_bgr(target, "target");
  if (!face.box.valid() || !finite(face.box) || !(how.height > 0))
    throw Error(ErrorCode::invalid_argument, "a pasted face needs a box and a height above 0");
  const PixelMap map = map_of(face, how);
  Annotation result = map_face({face, 1}, map, TurnedBox::ellipse).annotation;

  const float reach = 1 + how.margin;
  const float scale = how.height / face.box.height();
  const float a = 0.5F * scale * face.box.width(), b = 0.5F * how.height;
  const cv::Size2f half = turned_half(reach * a, reach * b, how.roll);
  const cv::Rect place = whole_pixels(how.center.x - half.width, how.center.y - half.height,
                                      how.center.x + half.width, how.center.y + half.height) &
                         cv::Rect(cv::Point(), target.size());
  const bool seen = face.box.center_x() >= 0 && face.box.center_y() >= 0 &&
                    face.box.center_x() < static_cast<float>(source.cols) &&
                    face.box.center_y() < static_cast<float>(source.rows);
  if (place.empty() || !seen) return result;

  // The area outside the source is padding here, and becomes transparent below.
  cv::Mat patch(place.size(), CV_8UC3);
  warp(source, PixelMap(1, 0, -place.x, 0, 1, -place.y, 0, 0, 1) * map, patch);
  cv::Mat under = target(place);
  cv::LUT(patch, light_table(patch, under, how), patch);

  const float c = std::cos(how.roll), s = std::sin(how.roll);
  const float mirror = how.flip ? -1.0F : 1.0F;
  const float opaque = 1 + how.margin / 3;
  const auto source_width = static_cast<float>(source.cols);
  const auto source_height = static_cast<float>(source.rows);
  for (int y = 0; y < place.height; ++y) {
    const auto* from = patch.ptr<cv::Vec3b>(y);
    auto* to = under.ptr<cv::Vec3b>(y);
    const float dy = static_cast<float>(place.y + y) + 0.5F - how.center.y;
    for (int x = 0; x < place.width; ++x) {
      const float dx = static_cast<float>(place.x + x) + 0.5F - how.center.x;
      const float u = c * dx + s * dy, v = c * dy - s * dx;  // rotated back
      const float r = std::hypot(u / a, v / b);
      if (r >= reach) continue;
      // Also fade at the edges of the source.
      const float sx = face.box.center_x() + mirror * u / scale;
      const float sy = face.box.center_y() + v / scale;
      const float edge =
          scale * std::min(std::min(sx, source_width - sx), std::min(sy, source_height - sy));
      const float fade = std::clamp((reach - r) / (reach - opaque + 1e-6F), 0.0F, 1.0F);
      const float alpha =
          fade * fade * (3 - 2 * fade) * std::clamp(edge / (0.05F * how.height + 1), 0.0F, 1.0F);
      const int share = static_cast<int>(alpha * 256 + 0.5F);
      for (int k = 0; k < 3; ++k)
        to[x][k] =
            static_cast<std::uint8_t>((from[x][k] * share + to[x][k] * (256 - share) + 128) >> 8);
    }
  }
  return result;
}

}  // namespace faceshot::augment
