#include "augment/operations/occlude.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "augment/operations/degrade.hpp"
#include "augment/operations/face_frame.hpp"

namespace faceshot::augment {
namespace {

using Outline = std::vector<cv::Point2f>;  // in the coordinates of a face frame

constexpr float kSmallestFace = 4;  // pixels from eyes to mouth
constexpr int kShift = 4;           // bits of OpenCV's subpixels

/// A shape in the image: how much of each pixel it covers.
struct Shape {
  cv::Rect rect;  // the part of the image it may touch; possibly empty
  cv::Mat cover;  // 8-bit, of the same size
};

/// The shape drawn by `draw(cover, points)`, which extends `margin` pixels beyond the points.
template <class Draw>
Shape shape(const cv::Mat& image, const FaceFrame& frame, const Outline& outline, float margin,
            Draw draw) {
  Outline pixels;
  for (const cv::Point2f& point : outline) pixels.push_back(frame.pixel(point));
  const cv::Rect around = cv::boundingRect(pixels);
  const int border = static_cast<int>(margin) + 2;
  Shape result;
  result.rect = cv::Rect(around.x - border, around.y - border, around.width + 2 * border,
                         around.height + 2 * border) &
                cv::Rect({0, 0}, image.size());
  if (result.rect.empty()) return result;
  std::vector<cv::Point> subpixels;
  for (const cv::Point2f& pixel : pixels) {
    // Our pixel i extends from i to i + 1, OpenCV's from i - 1/2 to i + 1/2.
    const cv::Point2f local = pixel - cv::Point2f(result.rect.tl()) - cv::Point2f(0.5F, 0.5F);
    subpixels.emplace_back(cvRound(local.x * (1 << kShift)), cvRound(local.y * (1 << kShift)));
  }
  result.cover = cv::Mat::zeros(result.rect.size(), CV_8U);
  draw(result.cover, subpixels);
  return result;
}

Shape filled(const cv::Mat& image, const FaceFrame& frame, const Outline& outline) {
  return shape(image, frame, outline, 0, [](cv::Mat& cover, const std::vector<cv::Point>& points) {
    cv::fillPoly(cover, std::vector{points}, 255, cv::LINE_AA, kShift);
  });
}

/// @param width in units
Shape stroked(const cv::Mat& image, const FaceFrame& frame, const Outline& line, bool closed,
              float width) {
  const float pixels = width * frame.unit;
  return shape(image, frame, line, pixels,
               [&](cv::Mat& cover, const std::vector<cv::Point>& points) {
                 // A line thinner than a pixel covers pixels partially.
                 cv::polylines(cover, points, closed, cvRound(255 * std::clamp(pixels, 0.3F, 1.0F)),
                               std::max(1, cvRound(pixels)), cv::LINE_AA, kShift);
               });
}

/// Paints a shape; `color` gives B, G, R at a point of the face frame.
template <class Color>
void paint(cv::Mat& image, const FaceFrame& frame, const Shape& shape, float opacity, Color color) {
  for (int y = 0; y < shape.rect.height; ++y) {
    const auto* cover = shape.cover.ptr<std::uint8_t>(y);
    auto* pixel = image.ptr<cv::Vec3b>(shape.rect.y + y) + shape.rect.x;
    for (int x = 0; x < shape.rect.width; ++x) {
      if (cover[x] == 0) continue;
      const cv::Point2f middle(static_cast<float>(shape.rect.x + x) + 0.5F,
                               static_cast<float>(shape.rect.y + y) + 0.5F);
      const cv::Vec3f paint = color(frame.place(middle));
      const float share = opacity * static_cast<float>(cover[x]) / 255;
      pixel[x] = cv::Vec3f(pixel[x]) * (1 - share) + paint * share;
    }
  }
}

/// A closed curve through all points (Catmull-Rom).
Outline smooth(const Outline& points) {
  constexpr int kPieces = 6;
  const std::size_t n = points.size();
  Outline curve;
  for (std::size_t i = 0; i < n; ++i) {
    const cv::Point2f &a = points[(i + n - 1) % n], &b = points[i], &c = points[(i + 1) % n],
                      &d = points[(i + 2) % n];
    for (int piece = 0; piece < kPieces; ++piece) {
      const float t = static_cast<float>(piece) / kPieces;
      curve.push_back(0.5F * (2 * b + t * (c - a) + t * t * (2 * a - 5 * b + 4 * c - d) +
                              t * t * t * (3 * b - a - 3 * c + d)));
    }
  }
  return curve;
}

float luma(const cv::Scalar& bgr) {
  return static_cast<float>(0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2]);
}

/// The outline of a lens: a rounded rectangle, narrower at the bottom.
Outline lens(float left, float right, float middle, float half_height) {
  constexpr int kPoints = 40;
  Outline outline;
  for (int i = 0; i < kPoints; ++i) {
    const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / kPoints;
    // A superellipse of exponent 3.
    const auto rounded = [](float v) { return std::copysign(std::pow(std::abs(v), 2.0F / 3), v); };
    const float y = rounded(std::sin(angle));
    const float taper = y > 0 ? 1 - 0.15F * y : 1;
    const float x = rounded(std::cos(angle)) * taper;
    outline.emplace_back(0.5F * (left + right) + 0.5F * (right - left) * x,
                         middle + half_height * y);
  }
  return outline;
}

}  // namespace

void cutout(cv::Mat& image, const Box& box, CutoutFill fill, base::Random& random) {
  const Box inside = clip(box, static_cast<float>(image.cols), static_cast<float>(image.rows));
  const cv::Rect rect(cv::Point(cvRound(inside.x1), cvRound(inside.y1)),
                      cv::Point(cvRound(inside.x2), cvRound(inside.y2)));
  if (!inside.valid() || rect.empty()) return;
  cv::Mat part = image(rect);
  part.setTo(fill == CutoutFill::mean ? cv::mean(part) : cv::Scalar::all(128));
  if (fill == CutoutFill::noise) gaussian_noise(part, 74, random);
}

void medical_mask(cv::Mat& image, const Landmarks& landmarks, const Box& face,
                  const cv::Vec3b& color) {
  const FaceFrame frame = face_frame(landmarks, face);
  if (!(frame.unit >= kSmallestFace)) return;
  const float c = frame.center, w = frame.half;
  const float top = std::clamp(0.6F * frame.nose.y, 0.2F, 0.45F);
  const float chin = std::clamp(frame.mouth.y, 0.6F, 1.0F) + 0.72F;
  const float nose = std::clamp(frame.nose.x, c - 0.8F * w, c + 0.8F * w);
  const float mouth = std::clamp(0.5F * (frame.mouth.x + nose), c - 0.6F * w, c + 0.6F * w);
  const float left = c - 0.9F * w, right = c + 0.9F * w;
  const Shape cloth = filled(image, frame,
                             smooth({{nose, top},
                                     {0.5F * (nose + right) - 0.1F * w, top + 0.15F},
                                     {right, top + 0.25F},
                                     {right - 0.03F * w, top + 0.75F},
                                     {c + 0.55F * w, chin - 0.17F},
                                     {mouth, chin},
                                     {c - 0.55F * w, chin - 0.17F},
                                     {left + 0.03F * w, top + 0.75F},
                                     {left, top + 0.25F},
                                     {0.5F * (nose + left) + 0.1F * w, top + 0.15F}}));
  if (cloth.rect.empty()) return;
  const float skin = luma(cv::mean(image(cloth.rect), cloth.cover));
  const float light = std::clamp(0.35F + skin / 230, 0.35F, 1.1F);

  for (const int side : {-1, 1}) {
    if (!frame.shows(side)) continue;
    const float edge = c + static_cast<float>(side) * 0.88F * w;
    const float ear = c + static_cast<float>(side) * 1.02F * w;
    const Outline upper{{edge, top + 0.28F}, {ear, top - 0.15F}};
    const Outline lower{{edge, top + 0.72F}, {ear, top + 0.35F}};
    for (const Outline& loop : {upper, lower}) {
      paint(image, frame, stroked(image, frame, loop, false, 0.035F), 1,
            [&](const cv::Point2f&) { return cv::Vec3f::all(225 * light); });
    }
  }
  paint(image, frame, cloth, 1, [&](const cv::Point2f& at) {
    // -1..1 from edge to edge, 0 at the ridge over nose and mouth.
    const float from_ridge = at.x - nose;
    const float side = from_ridge / (from_ridge < 0 ? nose - left : right - nose);
    float shade = 1.06F - 0.3F * side * side;
    shade -= 0.2F * std::max(0.0F, at.y - (chin - 0.35F)) / 0.35F;  // it curves under the chin
    for (const float share : {0.36F, 0.52F, 0.68F}) {               // pleats, sagging in the middle
      const float pleat = top + share * (chin - top) + 0.1F * (0.5F - side * side);
      const float below = (at.y - pleat) / 0.035F;
      if (std::abs(below) < 3) shade -= 0.18F * std::exp(-below * below);
    }
    return cv::Vec3f(color) * (light * shade);
  });
}

void sunglasses(cv::Mat& image, const Landmarks& landmarks, const Box& face,
                const SunglassesStyle& style) {
  const FaceFrame frame = face_frame(landmarks, face);
  if (!(frame.unit >= kSmallestFace)) return;
  const float c = frame.center, w = frame.half;
  const float apart = std::max(0.3F, frame.right_eye.x - frame.left_eye.x);
  const float half = std::min(0.43F * apart, 0.45F);
  constexpr float kHalfHeight = 0.27F, kMiddle = 0.05F, kRim = 0.06F;
  // The far lens of a turned head ends at the edge of the face.
  const float left_end = std::max(frame.left_eye.x - half, c - 1.02F * w);
  const float right_end = std::min(frame.right_eye.x + half, c + 1.02F * w);
  const float left_inner = frame.left_eye.x + half, right_inner = frame.right_eye.x - half;
  const Outline lenses[] = {
      lens(std::min(left_end, left_inner - 0.1F), left_inner, kMiddle, kHalfHeight),
      lens(right_inner, std::max(right_end, right_inner + 0.1F), kMiddle, kHalfHeight)};

  const auto rim = [&](const Outline& line, bool closed, float width) {
    paint(image, frame, stroked(image, frame, line, closed, width), 1,
          [&](const cv::Point2f&) { return cv::Vec3f(style.frame); });
  };
  for (const int side : {-1, 1}) {
    const float outer = side < 0 ? left_end : right_end;
    const float ear = c + static_cast<float>(side) * 1.02F * w;
    if (!frame.shows(side) || static_cast<float>(side) * (ear - outer) <= 0) continue;
    rim({{outer, -0.1F}, {ear, -0.07F}}, false, 0.07F);
  }
  for (const Outline& outline : lenses) {
    const float right = outline.front().x;
    paint(image, frame, filled(image, frame, outline), style.opacity, [&](const cv::Point2f& at) {
      // Darker at the top, with a slanting reflection of the sky.
      const float down = (at.y - kMiddle) / kHalfHeight;
      const float slant = (at.x - right) / half + 1.4F + 0.5F * down;
      const float sky = 45 * std::exp(-slant * slant / 0.08F) * (0.6F - 0.4F * down);
      return cv::Vec3f(style.lens) * (1 + 0.35F * down) + cv::Vec3f(1.1F, 1, 0.9F) * sky;
    });
    rim(outline, true, kRim);
  }
  rim({{left_inner, -0.06F}, {0.5F * (left_inner + right_inner), -0.1F}, {right_inner, -0.06F}},
      false, 0.08F);
}

}  // namespace faceshot::augment
